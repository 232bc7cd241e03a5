"""Kill -9 at random moments under load, again and again."""

import time
import uuid

KILLS_ON_FOLDER = 85
KILLS_ON_KAFKA = 15


def kill_again_and_again(pipeline, rng, kills, alive_seconds):
    with pipeline.load(20_000) as load:
        for _ in range(kills):
            new_group(pipeline)
            engine = pipeline.start()
            time.sleep(rng.uniform(*alive_seconds))
            assert engine.is_alive(), engine.text()
            engine.kill()
    new_group(pipeline)
    pipeline.run_to_end()
    return pipeline.assert_exactly_once(load.report["delivered"])


def new_group(pipeline):
    """In its old group each start would wait until the broker gives up the dead member; a new one asks the
    same of the table and less of the test's time."""
    if pipeline.kafka is not None:
        pipeline.environment["KAFKA_GROUP_ID"] = f"group-{uuid.uuid4().hex[:8]}"


def test_random_kills_on_a_folder(on_folder, rng):
    report = kill_again_and_again(on_folder, rng, KILLS_ON_FOLDER, alive_seconds=(0.05, 0.8))
    assert report["records"] > 100_000


def test_random_kills_on_kafka(on_kafka, rng):
    # A member joins within a few seconds; some are killed before, most while they stream.
    kill_again_and_again(on_kafka, rng, KILLS_ON_KAFKA, alive_seconds=(0.5, 6.0))
