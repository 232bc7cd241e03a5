"""What befalls the topic under the engine: retention overtakes it, partitions are added, it is made anew."""

import time

import pytest

from topic import Topic

EVENTS = 5_000


@pytest.fixture
def topic(on_kafka, kafka):
    return Topic(kafka.address, on_kafka.topic)


def pause(pipeline, engine):
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
    pause(on_kafka, engine)
    on_kafka.produce(EVENTS)
    topic.delete_before(0, read_to + 100)
    engine.resume()
    expect_gap(on_kafka, engine, lost=(read_to, read_to + 100))


def expect_gap(pipeline, engine, lost):
    """It stops with the loss in numbers, and has not moved."""
    assert engine.wait() == 8, engine.text()
    for word in (f"{pipeline.topic}-0", f"{lost[0]}", f"{lost[1]}", "retention"):
        assert word in engine.text(), f"the message lacks {word}:\n{engine.text()}"
    report = pipeline.assert_exactly_once()
    assert report["before_source"] == lost[0], "the position is where it was"
    assert report["records"] + report["before_source"] == EVENTS
