"""Kill -9 at random moments under load, again and again."""

import subprocess
import time

KILLS_ON_FOLDER = 70
KILLS_ON_KAFKA = 30


def kill_again_and_again(pipeline, rng, kills, alive_seconds):
    producer = subprocess.Popen(
        [pipeline.calve, "produce", "--rate", "20000", "--invalid", "1%"], env=pipeline.environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(kills):
            engine = pipeline.start()
            time.sleep(rng.uniform(*alive_seconds))
            assert engine.is_alive(), engine.text()
            engine.kill()
    finally:
        producer.terminate()
        producer.wait()
    pipeline.run_to_end()
    return pipeline.assert_exactly_once()


def test_random_kills_on_a_folder(on_folder, rng):
    report = kill_again_and_again(on_folder, rng, KILLS_ON_FOLDER, (0.05, 0.8))
    assert report["records"] > 100_000


def test_random_kills_on_kafka(on_kafka, rng):
    # Alone in its group with a known member id each start would wait for the dead one's session; a
    # group of its own for each start asks the same of the table and nothing of the broker.
    kills = 0
    import uuid

    def fresh_group():
        on_kafka.environment["KAFKA_GROUP_ID"] = f"group-{uuid.uuid4().hex[:8]}"

    producer = subprocess.Popen(
        [on_kafka.calve, "produce", "--rate", "20000", "--invalid", "1%"], env=on_kafka.environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        while kills < KILLS_ON_KAFKA:
            fresh_group()
            engine = on_kafka.start()
            time.sleep(rng.uniform(0.3, 5.0))
            assert engine.is_alive(), engine.text()
            engine.kill()
            kills += 1
    finally:
        producer.terminate()
        producer.wait()
    fresh_group()
    on_kafka.run_to_end()
    on_kafka.assert_exactly_once()
