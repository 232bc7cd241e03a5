"""What befalls a topic in its life: it grows, retention eats its head, it is deleted and made anew, and some
write to it in transactions."""

import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

WAIT_SECONDS_MAX = 20


class Topic:
    def __init__(self, bootstrap, name):
        self.bootstrap, self.name = bootstrap, name
        self.admin = AdminClient({"bootstrap.servers": bootstrap})

    def partition_count(self):
        """None if there is no such topic."""
        found = self.admin.list_topics(self.name, timeout=WAIT_SECONDS_MAX).topics[self.name]
        if found.error is not None and found.error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return None
        return len(found.partitions)

    def _await_partitions(self, count):
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while self.partition_count() != count:
            assert time.monotonic() < deadline, f"{self.name} has {self.partition_count()} partitions, not {count}"
            time.sleep(0.05)

    def grow_to(self, partitions):
        self.admin.create_partitions([NewPartitions(self.name, partitions)])[self.name].result(WAIT_SECONDS_MAX)
        self._await_partitions(partitions)

    def make_anew(self, partitions):
        self.admin.delete_topics([self.name])[self.name].result(WAIT_SECONDS_MAX)
        self._await_partitions(None)
        self.admin.create_topics([NewTopic(self.name, partitions, 1)])[self.name].result(WAIT_SECONDS_MAX)
        self._await_partitions(partitions)

    def delete_before(self, partition, offset):
        """As retention does."""
        place = TopicPartition(self.name, partition, offset)
        for answer in self.admin.delete_records([place]).values():
            answer.result(WAIT_SECONDS_MAX)

    def watermarks(self, partition):
        """(low, high), high as one sees who reads only what was committed."""
        consumer = Consumer({
            "bootstrap.servers": self.bootstrap, "group.id": "watermarks", "isolation.level": "read_committed",
        })
        try:
            return consumer.get_watermark_offsets(TopicPartition(self.name, partition), timeout=WAIT_SECONDS_MAX)
        finally:
            consumer.close()

    def transactional_producer(self, transactional_id):
        producer = Producer({"bootstrap.servers": self.bootstrap, "transactional.id": transactional_id})
        producer.init_transactions(WAIT_SECONDS_MAX)
        return producer
