#!/usr/bin/env python3
"""Asks a local broker, in milliseconds where Kafka's own tools start a JVM.

Frames (Kafka protocol guide; big-endian; strings have an int16 length, arrays an int32 length):
  request   int32 size | int16 api | int16 version | int32 correlation | string client | body
  response  int32 size | int32 correlation | body
"""

import argparse
import socket
import struct
import sys
import time

METADATA, METADATA_VERSION = 3, 4
CREATE_TOPICS, CREATE_TOPICS_VERSION = 19, 2
TOPIC_ALREADY_EXISTS = 36
TIMEOUT_S = 20


def string(text):
    data = text.encode()
    return struct.pack(">h", len(data)) + data


class Reader:
    """Takes the fields of a response off its front."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def fixed(self, layout):
        (value,) = struct.unpack_from(">" + layout, self.data, self.at)
        self.at += struct.calcsize(">" + layout)
        return value

    def string(self):
        size = self.fixed("h")
        if size < 0:
            return None
        self.at += size
        return self.data[self.at - size : self.at].decode()

    def array(self, item):
        return [item() for _ in range(self.fixed("i"))]


def call(port, api, version, body):
    """Returns a Reader at the start of the response's body."""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S) as connection:
        header = struct.pack(">hhi", api, version, 0) + string("calve-local")
        connection.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
        with connection.makefile("rb") as stream:
            (size,) = struct.unpack(">i", stream.read(4))
            reader = Reader(stream.read(size))
    reader.fixed("i")  # correlation
    return reader


def leaders_by_topic(port):
    """Maps each topic to its partitions' leaders, -1 for none; empty before the broker is registered."""
    all_topics, allow_creation = struct.pack(">i", -1), b"\0"
    reader = call(port, METADATA, METADATA_VERSION, all_topics + allow_creation)

    def broker():
        return reader.fixed("i"), reader.string(), reader.fixed("i"), reader.string()

    def partition():
        reader.fixed("h")  # error: says again that there is no leader
        reader.fixed("i")  # index
        leader = reader.fixed("i")
        reader.array(lambda: reader.fixed("i"))  # replicas
        reader.array(lambda: reader.fixed("i"))  # in-sync replicas
        return leader

    def topic():
        reader.fixed("h")  # error
        name = reader.string()
        reader.fixed("b")  # internal
        return name, reader.array(partition)

    reader.fixed("i")  # throttle
    brokers = reader.array(broker)
    reader.string()  # cluster
    reader.fixed("i")  # controller
    if not brokers:
        raise ConnectionError("the broker is not registered with its controller yet")
    return dict(reader.array(topic))


def wait_for_leaders(port, name):
    """Returns how many partitions the topic has, once each has a leader."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        leaders = leaders_by_topic(port).get(name, [-1])
        if -1 not in leaders:
            return len(leaders)
        time.sleep(0.02)
    sys.exit(f"partitions without a leader after {TIMEOUT_S} s: {name}")


def create_topic(port, name, partitions):
    replicas, no_assignments, no_configs = 1, struct.pack(">i", 0), struct.pack(">i", 0)
    topic = string(name) + struct.pack(">ih", partitions, replicas) + no_assignments + no_configs
    validate_only = b"\0"
    body = struct.pack(">i", 1) + topic + struct.pack(">i", TIMEOUT_S * 1000) + validate_only
    reader = call(port, CREATE_TOPICS, CREATE_TOPICS_VERSION, body)
    reader.fixed("i")  # throttle
    [(_, error, message)] = reader.array(
        lambda: (reader.string(), reader.fixed("h"), reader.string())
    )
    if error not in (0, TOPIC_ALREADY_EXISTS):
        sys.exit(f"the broker refused the topic {name}: {message} (error {error})")

    actual = wait_for_leaders(port, name)
    if actual != partitions:
        sys.exit(f"the topic exists with other partitions: {name} has {actual}, not {partitions}")


def check_ready(port):
    for name, leaders in leaders_by_topic(port).items():
        if -1 in leaders:
            sys.exit(f"a partition has no leader: {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("ready", help="succeeds once all partitions have a leader")
    topic = actions.add_parser("topic", help="creates the topic unless it exists")
    topic.add_argument("name")
    topic.add_argument("partitions", type=int)
    arguments = parser.parse_args()
    try:
        if arguments.action == "topic":
            create_topic(arguments.port, arguments.name, arguments.partitions)
        else:
            check_ready(arguments.port)
    except (OSError, struct.error) as error:
        sys.exit(f"the broker on port {arguments.port} does not answer: {error}")


main()
