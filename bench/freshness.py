#!/usr/bin/env python3
"""How old an event is when a reader can first see it in the table: percentiles over every event.

An event's life begins with the broker's own time of its append (LogAppendTime), before the producer has its
acknowledgement, and ends when the table's metadata file that holds it was seen to exist. `calve run` commits
each second beside a producer that keeps a pace.
"""

import argparse
import datetime
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.fs
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

import machine
import results
from accounting import Meter
from table_watch import TableWatch
from workload import PARTITIONS, ROOT, SEED, service

COMMIT_INTERVAL = "1s"
LAST_COMMIT_SECONDS_MAX = 30
ANSWER_SECONDS_MAX = 30
POLL_RECORDS = 10_000
BUCKET = "bench"

PERCENTILES = """
    SELECT count(*), quantile_disc(ranges.seen_ms - events.appended_ms, [0.5, 0.99, 0.999]),
      max(ranges.seen_ms - events.appended_ms)
    FROM events JOIN ranges ON events.partition = ranges.partition
      AND events.offset >= ranges.from AND events.offset < ranges.to
"""


@dataclass(frozen=True)
class Store:
    name: str
    warehouse: str
    filesystem: pyarrow.fs.FileSystem
    environment: dict[str, str]


def folder_store(folder: Path) -> Store:
    return Store("folder", str(folder / "warehouse"), pyarrow.fs.LocalFileSystem(), {})


def localstack_store(stack: ExitStack) -> Store:
    service("localstack.sh", "start")
    stack.callback(service, "localstack.sh", "kill")
    service("localstack.sh", "bucket", BUCKET)
    address = f"127.0.0.1:{os.environ['LOCALSTACK_PORT']}"
    environment = {"AWS_ENDPOINT_URL": f"http://{address}", "AWS_ACCESS_KEY_ID": "test",
                   "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
    filesystem = pyarrow.fs.S3FileSystem(access_key="test", secret_key="test", region="us-east-1", scheme="http",
                                         endpoint_override=address)
    return Store("LocalStack", f"s3://{BUCKET}", filesystem, environment)


def make_topic(brokers: str, topic: str) -> None:
    config = {"message.timestamp.type": "LogAppendTime"}
    admin = AdminClient({"bootstrap.servers": brokers})
    admin.create_topics([NewTopic(topic, PARTITIONS, 1, config=config)])[topic].result(ANSWER_SECONDS_MAX)


def read_append_times(brokers: str, topic: str) -> pa.Table:
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "freshness", "enable.auto.commit": False})
    places = [TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)]
    expected = sum(consumer.get_watermark_offsets(place)[1] for place in places)
    consumer.assign(places)
    partitions: list[int] = []
    offsets: list[int] = []
    times: list[int] = []
    while len(offsets) < expected:
        messages = consumer.consume(POLL_RECORDS, timeout=1)
        partitions += [message.partition() for message in messages]
        offsets += [message.offset() for message in messages]
        times += [message.timestamp()[1] for message in messages]
    consumer.close()
    return pa.table({"partition": partitions, "offset": offsets, "appended_ms": times})


def measure(store: Store, rate: int, seconds: int, folder: Path) -> dict[str, Any]:
    brokers, calve = f"127.0.0.1:{os.environ['KAFKA_PORT']}", os.environ["CALVE_BIN"]
    topic = f"freshness.{store.name.lower()}.{rate}"
    warehouse = f"{store.warehouse}/{rate}"
    make_topic(brokers, topic)
    environment = {**os.environ, **store.environment, "KAFKA_BOOTSTRAP_SERVERS": brokers, "KAFKA_TOPIC": topic,
                   "ICEBERG_WAREHOUSE": warehouse, "CALVE_COMMIT_INTERVAL": COMMIT_INTERVAL, "CALVE_HTTP_LISTEN": "off"}
    with (folder / f"{topic}.log").open("w") as log, ExitStack() as stack:
        engine = subprocess.Popen([calve, "run"], env=environment, stdout=log, stderr=log)
        stack.callback(engine.kill)
        watch = TableWatch(store.filesystem, f"{warehouse.removeprefix('s3://')}/analytics/orders")
        stack.enter_context(watch)
        watch.wait_for_table(ANSWER_SECONDS_MAX)
        meter = Meter([engine.pid])
        subprocess.run([calve, "produce", "--rate", str(rate), "--duration", f"{seconds}s", "--seed", str(SEED)],
                       env=environment, check=True, stdout=log, stderr=log)
        events = read_append_times(brokers, topic)
        watch.wait_for_rows(events.num_rows, LAST_COMMIT_SECONDS_MAX)
        cpu_seconds, peak_mib = meter.cpu_seconds(), meter.peak_mib()
        engine.send_signal(signal.SIGTERM)
        if engine.wait(timeout=LAST_COMMIT_SECONDS_MAX) != 0:
            sys.exit(f"calve run ended with {engine.returncode}; the log is {log.name}")
    connection = duckdb.connect()
    connection.register("events", events)
    connection.register("ranges", pa.Table.from_pylist(watch.ranges()))
    row = connection.execute(PERCENTILES).fetchone()
    assert row
    if row[0] != events.num_rows:
        sys.exit(f"{events.num_rows} events are in the topic, and the table's ledgers account for {row[0]}")
    return {"store": store.name, "rate": rate, "seconds": seconds, "events": events.num_rows,
            "commits": watch.commits(), "p50_ms": row[1][0], "p99_ms": row[1][1], "p999_ms": row[1][2],
            "max_ms": row[2], "cpu_seconds": round(cpu_seconds, 2), "peak_mib": round(peak_mib),
            "load": round(os.getloadavg()[0], 2)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench freshness", description=__doc__.splitlines()[0])
    parser.add_argument("--rates", default="5000,50000", metavar="N,N", help="events a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--stores", default="folder,localstack")
    parser.add_argument("--name", default="try-freshness", help="the result is bench/results/DATE-NAME.json")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # with everything that it started
    readings = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="calve-bench-")))
        os.environ["CALVE_STATE"] = str(folder / "services")
        stack.callback(service, "kafka.sh", "kill")
        service("kafka.sh", "start")
        for name in arguments.stores.split(","):
            store = folder_store(folder) if name == "folder" else localstack_store(stack)
            for rate in map(int, arguments.rates.split(",")):
                readings.append(measure(store, rate, arguments.seconds, folder))
                print(readings[-1], flush=True)
    result = {"date": datetime.date.today().isoformat(), "machine": machine.describe(),
              "commit_interval": COMMIT_INTERVAL, "readings": readings}
    target = ROOT / "bench/results" / f"{result['date']}-{arguments.name}.json"
    target.parent.mkdir(exist_ok=True)
    results.save(result, target)
    print(target.relative_to(ROOT))


main()
