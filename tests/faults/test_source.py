"""What befalls the topic under the engine: retention overtakes it, partitions are added, it is made anew."""

import json
import time
from collections import Counter

import accounting
import pytest

from topic import Topic

EVENTS = 5_000


@pytest.fixture
def topic(on_kafka, kafka):
    return Topic(kafka.address, on_kafka.topic)


def pause(engine):
    engine.pause()
    time.sleep(1)  # a fetch that waits at the broker ends without an answer


def test_retention_overtakes_a_stopped_engine(on_kafka, topic):
    on_kafka.produce(EVENTS)
    on_kafka.run_to_end()
    _, read_to = topic.watermarks(0)
    on_kafka.produce(EVENTS)
    topic.delete_before(0, read_to + 100)
    expect_gap(on_kafka, on_kafka.start(), lost=(read_to, read_to + 100))


def test_retention_overtakes_a_running_engine(on_kafka, topic):
    on_kafka.produce(EVENTS)
    engine = on_kafka.start()
    on_kafka.wait_for_events(EVENTS, engine)
    _, read_to = topic.watermarks(0)
    pause(engine)
    on_kafka.produce(EVENTS)
    topic.delete_before(0, read_to + 100)
    engine.resume()
    expect_gap(on_kafka, engine, lost=(read_to, read_to + 100))


def expect_gap(pipeline, engine, lost):
    """It stops with the loss in numbers, and has not moved."""
    assert engine.wait() == 8, engine.text()
    for words in (f"{pipeline.topic}-0, offsets [{lost[0]}, {lost[1]}) are lost", "retention", "CALVE_ON_GAP=skip"):
        assert words in engine.text(), f"the message lacks {words}:\n{engine.text()}"
    report = pipeline.assert_exactly_once()
    assert report["before_source"] == lost[0], "the position is where it was"
    assert report["records"] + report["before_source"] == EVENTS


def expect_gap_skipped(pipeline, engine, lost):
    """After `EVENTS` more, of which the lost ones are not there: each of the others is."""
    pipeline.wait_for_events(2 * EVENTS - (lost[1] - lost[0]), engine)
    assert f"{pipeline.topic}-0, offsets [{lost[0]}, {lost[1]})" in engine.text()
    assert engine.stop() == 0, engine.text()
    report = pipeline.assert_exactly_once()
    assert report["before_source"] == lost[0]
    old = Counter((0, offset) for offset in range(lost[0]))
    assert places(pipeline) == old + Counter(pipeline.source_places())


def test_retention_overtakes_a_stopped_engine_that_skips(on_kafka, topic):
    on_kafka.produce(EVENTS)
    on_kafka.run_to_end()
    _, read_to = topic.watermarks(0)
    on_kafka.produce(EVENTS)
    topic.delete_before(0, read_to + 100)
    expect_gap_skipped(on_kafka, on_kafka.start(CALVE_ON_GAP="skip"), lost=(read_to, read_to + 100))


def test_retention_overtakes_a_running_engine_that_skips(on_kafka, topic):
    on_kafka.produce(EVENTS)
    engine = on_kafka.start(CALVE_ON_GAP="skip")
    on_kafka.wait_for_events(EVENTS, engine)
    _, read_to = topic.watermarks(0)
    pause(engine)
    on_kafka.produce(EVENTS)
    topic.delete_before(0, read_to + 100)
    engine.resume()
    expect_gap_skipped(on_kafka, engine, lost=(read_to, read_to + 100))


def test_partitions_are_added_under_a_running_engine(on_kafka, topic):
    on_kafka.produce(EVENTS)
    engine = on_kafka.start()
    on_kafka.wait_for_events(EVENTS, engine)
    topic.grow_to(6)
    on_kafka.produce(EVENTS)
    on_kafka.wait_for_events(2 * EVENTS, engine)
    assert engine.stop() == 0, engine.text()
    on_kafka.assert_exactly_once(2 * EVENTS)
    partitions = {partition for partition, _ in accounting.places(on_kafka.table(), on_kafka.environment)}
    assert partitions == set(range(6))


def places(pipeline):
    """How often the tables have each (partition, offset)."""
    return Counter(
        place for name in ("orders", "orders_rejected")
        for place in accounting.places(pipeline.table(name), pipeline.environment)
    )


def expect_both_choices(pipeline):
    done = pipeline.command("run", "--until-end", check=False)
    assert done.returncode == 3, done.stderr
    assert "Point the source back, or set CALVE_PIPELINE and ICEBERG_TABLE to new names" in done.stderr


def test_topic_made_anew_under_a_stopped_engine(on_kafka, topic):
    """With more events than before: the old position lies within the new topic."""
    on_kafka.produce(EVENTS)
    on_kafka.run_to_end()
    old = Counter(on_kafka.source_places())
    topic.make_anew(partitions=4)
    on_kafka.produce(2 * EVENTS)
    expect_both_choices(on_kafka)
    assert places(on_kafka) == old
    on_kafka.environment |= {"CALVE_PIPELINE": "second", "ICEBERG_TABLE": "second"}
    on_kafka.run_to_end()
    verified = json.loads(on_kafka.command("verify", "--output", "json").stdout)
    assert (verified["records"], verified["not_read_yet"]) == (2 * EVENTS, 0)
    assert places(on_kafka) == old, "the table of the old topic is as it was"


def test_topic_made_anew_under_a_running_engine(on_kafka, topic):
    on_kafka.produce(EVENTS)
    engine = on_kafka.start()
    on_kafka.wait_for_events(EVENTS, engine)
    old = Counter(on_kafka.source_places())
    topic.make_anew(partitions=4)
    on_kafka.produce(2 * EVENTS)
    assert engine.wait(30) == 8, engine.text()
    assert "created again" in engine.text()
    assert places(on_kafka) == old
    expect_both_choices(on_kafka)


def test_topic_made_anew_under_a_sleeping_engine(on_kafka, topic):
    """It wakes up to a topic that has other events at the offsets that it wants next."""
    on_kafka.produce(EVENTS)
    engine = on_kafka.start()
    on_kafka.wait_for_events(EVENTS, engine)
    old = Counter(on_kafka.source_places())
    pause(engine)
    topic.make_anew(partitions=4)
    on_kafka.produce(2 * EVENTS)
    engine.resume()
    assert engine.wait(30) == 8, engine.text()
    assert "created again" in engine.text()
    assert places(on_kafka) == old
    expect_both_choices(on_kafka)
