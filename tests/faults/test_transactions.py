"""Producers that write in transactions: what they abort is never an event."""

import subprocess
import time

import pytest

from topic import WAIT_SECONDS_MAX, Topic

PARTITIONS = 4
TRANSACTIONS = 60
EVENTS_EACH = 50


@pytest.fixture
def topic(on_kafka, kafka):
    return Topic(kafka.address, on_kafka.topic)


def events(pipeline, count):
    """As `calve produce` makes them, some of them invalid."""
    done = subprocess.run(
        [pipeline.calve, "produce", "--to", "stdout", "--count", str(count), "--invalid", "5%"],
        env=pipeline.environment, capture_output=True, check=True,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == count
    return lines


class Transactions:
    """One producer's, and where Kafka put what each of them held."""

    def __init__(self, topic, transactional_id):
        self.topic, self.producer = topic, topic.transactional_producer(transactional_id)
        self.committed, self.aborted = set(), set()

    def begin(self, values, partitions):
        self.open = set()
        self.producer.begin_transaction()
        for number, value in enumerate(values):
            self.producer.produce(
                self.topic.name, value, partition=partitions[number % len(partitions)], on_delivery=self.delivered
            )
        assert self.producer.flush(WAIT_SECONDS_MAX) == 0

    def delivered(self, error, message):
        assert error is None, error
        self.open.add((message.partition(), message.offset()))

    def commit(self):
        self.producer.commit_transaction(WAIT_SECONDS_MAX)
        self.committed |= self.open

    def abort(self):
        self.producer.abort_transaction(WAIT_SECONDS_MAX)
        self.aborted |= self.open


def test_every_second_transaction_is_aborted(on_kafka, topic):
    lines = events(on_kafka, TRANSACTIONS * EVENTS_EACH)
    transactions = Transactions(topic, on_kafka.topic)
    engine = on_kafka.start()
    for number in range(TRANSACTIONS):
        transactions.begin(lines[number * EVENTS_EACH :][:EVENTS_EACH], range(PARTITIONS))
        if number % 2 == 0:
            transactions.commit()
        else:
            transactions.abort()  # the last one too: the log ends with nothing
    on_kafka.wait_for_events(len(transactions.committed), engine)
    assert engine.stop() == 0, engine.text()
    assert len(transactions.committed) == len(transactions.aborted) == TRANSACTIONS * EVENTS_EACH / 2
    assert on_kafka.source_places() == transactions.committed
    on_kafka.run_to_end()
    on_kafka.assert_exactly_once(len(transactions.committed))


def test_a_partition_of_aborted_transactions_alone(on_kafka, topic):
    """What is passed without an event is committed with the partition's next event, whatever comes to other
    partitions first."""
    lines = events(on_kafka, 4 * EVENTS_EACH)
    transactions = Transactions(topic, on_kafka.topic)
    engine = on_kafka.start()
    for share, partition, end in [
        (0, 0, transactions.commit), (1, 1, transactions.commit), (2, 1, transactions.abort),
        (3, 0, transactions.commit), (0, 1, transactions.commit),
    ]:
        transactions.begin(lines[share * EVENTS_EACH :][:EVENTS_EACH], [partition])
        end()
        on_kafka.wait_for_events(len(transactions.committed), engine)
        time.sleep(1)  # an epoch of nothing but the aborted
    assert engine.stop() == 0, engine.text()
    assert "moved the table on" not in engine.text(), "nobody else writes"
    on_kafka.assert_exactly_once(len(transactions.committed))


def test_a_transaction_stays_open(on_kafka, topic):
    """What lies behind its first event waits, and is not lost."""
    lines = events(on_kafka, 3 * EVENTS_EACH)
    slow, quick = Transactions(topic, f"{topic.name}-slow"), Transactions(topic, f"{topic.name}-quick")
    engine = on_kafka.start()
    quick.begin(lines[:EVENTS_EACH], [0])
    quick.commit()
    on_kafka.wait_for_events(EVENTS_EACH, engine)
    slow.begin(lines[EVENTS_EACH : 2 * EVENTS_EACH], [0])
    quick.begin(lines[2 * EVENTS_EACH :], [0])
    quick.commit()
    time.sleep(2)
    assert on_kafka.committed_events() == EVENTS_EACH
    slow.commit()
    on_kafka.wait_for_events(3 * EVENTS_EACH, engine)
    assert engine.stop() == 0, engine.text()
    on_kafka.assert_exactly_once(3 * EVENTS_EACH)
