"""What befalls the topic under the job: it is made anew, it grows."""

import signal
from collections import Counter

import accounting
import pytest
from topic import Topic

GROWTH_SECONDS_MAX = 90  # the source looks for new partitions every thirty seconds


@pytest.fixture
def topic(on_services):
    return Topic(on_services.environment["KAFKA_BOOTSTRAP_SERVERS"], on_services.topic)


def places(pipeline):
    """How often the tables have each (partition, offset)."""
    return Counter(
        place for name in ("orders", "orders_rejected")
        for place in accounting.places(pipeline.table(name), pipeline.environment)
    )


def expect_both_choices(refused):
    assert refused.returncode != 0
    assert "Point the source back, or set CALVE_PIPELINE and ICEBERG_TABLE to new names" in refused.stderr


def test_made_anew_under_a_running_job(cluster, on_services, topic):
    """With more events than before, so that the job's position lies within the new topic."""
    sent = on_services.produce(5_000)["sent"]
    job = cluster.submit(on_services)
    on_services.wait_for_events(sent, job)
    old = places(on_services)
    topic.make_anew(partitions=4)
    on_services.produce(15_000)
    job.wait_for("FAILED")
    assert "deleted and created again" in job.text()
    assert places(on_services) == old
    expect_both_choices(cluster.try_to_submit(on_services))


def test_made_anew_under_a_sleeping_taskmanager(cluster, on_services, topic):
    """It wakes up, before Flink misses it, to a topic that has other events at the offsets that it wants next: they
    are read, and the commit finds out."""
    sent = on_services.produce(5_000)["sent"]
    job = cluster.submit(on_services)
    on_services.wait_for_events(sent, job)
    old = places(on_services)
    cluster.signal_taskmanager(signal.SIGSTOP)
    topic.make_anew(partitions=4)
    on_services.produce(15_000)
    cluster.signal_taskmanager(signal.SIGCONT)
    job.wait_for("FAILED")
    assert "deleted and created again" in job.text()
    assert places(on_services) == old


def test_made_anew_while_the_taskmanager_is_away(cluster, on_services, topic):
    """With fewer events than before: the job's position lies beyond the new topic, and a restart can never mend
    that."""
    sent = on_services.produce(5_000)["sent"]
    job = cluster.submit(on_services)
    on_services.wait_for_events(sent, job)
    job.checkpoint()
    old = places(on_services)
    cluster.ask("kill-taskmanager")
    topic.make_anew(partitions=4)
    on_services.produce(100)
    cluster.ask("start-taskmanager")
    job.wait_for("FAILED")
    assert "deleted and created again" in job.text()
    assert places(on_services) == old


def test_made_anew_under_a_savepoint(cluster, on_services, topic):
    sent = on_services.produce(5_000)["sent"]
    job = cluster.submit(on_services)
    on_services.wait_for_events(sent, job)
    old = Counter(on_services.source_places())
    savepoint = job.savepoint()
    topic.make_anew(partitions=4)
    anew = on_services.produce(15_000)["sent"]
    expect_both_choices(cluster.try_to_submit(on_services, restore=savepoint))
    job = cluster.submit(on_services, "CALVE_PIPELINE=second")
    on_services.wait_for_events(sent + anew, job)
    assert places(on_services) == old + Counter(on_services.source_places())


def test_partitions_added_under_a_running_job(cluster, on_services, topic):
    sent = on_services.produce(5_000)["sent"]
    job = cluster.submit(on_services)
    on_services.wait_for_events(sent, job)
    topic.grow_to(6)
    sent += on_services.produce(5_000)["sent"]
    on_services.wait_for_events(sent, job, seconds=GROWTH_SECONDS_MAX)
    on_services.assert_exactly_once(sent)
