"""An account of the tables that shares no code with the engine: PyIceberg reads the newest metadata."""

import os
import pathlib
import re

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition
from pyiceberg.table import StaticTable


def newest_metadata(location, environment):
    names = list_names(f"{location}/metadata", environment)
    versions = [int(found.group(1)) for name in names if (found := re.fullmatch(r"v(\d+)\.metadata\.json", name))]
    return f"{location}/metadata/v{max(versions)}.metadata.json"


def list_names(folder, environment):
    if folder.startswith("s3://"):
        return [info.base_name for info in s3_files(folder, environment)]
    return os.listdir(folder) if os.path.isdir(folder) else []


def s3_files(folder, environment):
    from pyarrow import fs

    s3 = fs.S3FileSystem(
        access_key=environment["AWS_ACCESS_KEY_ID"],
        secret_key=environment["AWS_SECRET_ACCESS_KEY"],
        region=environment["AWS_REGION"],
        endpoint_override=environment["AWS_ENDPOINT_URL"],
    )
    return s3.get_file_info(fs.FileSelector(folder.removeprefix("s3://"), recursive=True, allow_not_found=True))


def properties(environment):
    if "AWS_ENDPOINT_URL" not in environment:
        return {}
    return {
        "s3.endpoint": environment["AWS_ENDPOINT_URL"],
        "s3.access-key-id": environment["AWS_ACCESS_KEY_ID"],
        "s3.secret-access-key": environment["AWS_SECRET_ACCESS_KEY"],
        "s3.region": environment["AWS_REGION"],
    }


def open_table(location, environment):
    return StaticTable.from_metadata(newest_metadata(location, environment), properties(environment))


def snapshot_id(location, environment):
    return open_table(location, environment).current_snapshot().snapshot_id


def row_count(location, environment):
    """As the snapshot's summary tells it."""
    snapshot = open_table(location, environment).current_snapshot()
    return 0 if snapshot is None else int(snapshot.summary["total-records"])


def places(location, environment):
    """(partition, offset) of every row."""
    table = open_table(location, environment)
    if table.current_snapshot() is None:
        return []
    rows = table.scan(selected_fields=("source_partition", "source_offset")).to_arrow()
    return list(zip(rows["source_partition"].to_pylist(), rows["source_offset"].to_pylist()))


def file_log_places(folder):
    """(partition, offset) of every complete line."""
    found = set()
    for path in pathlib.Path(folder).glob("*.ndjson"):
        offset = 0
        with open(path, "rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    found.add((int(path.stem), offset))
                offset += len(line)
    return found


def topic_places(bootstrap, topic):
    """(partition, offset) of every record that one sees who reads only what was committed."""
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": "account", "enable.auto.commit": False,
        "isolation.level": "read_committed", "enable.partition.eof": True,
    })
    partitions = consumer.list_topics(topic).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])
    found, ended = set(), set()
    while len(ended) < len(partitions):
        for message in consumer.consume(10_000, timeout=1):
            if message.error() is None:
                found.add((message.partition(), message.offset()))
            elif message.error().code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
    consumer.close()
    return found
