"""The topic that every system reads, and what each of them is given."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, TopicPartition

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ROOT / "deploy/local"
PARTITIONS = 4
SEED = 7
COORDINATOR_SECONDS_MAX = 30


@dataclass(frozen=True)
class Workload:
    brokers: str
    topic: str
    events: int
    compression: str
    folder: Path  # for tables, logs and services
    cache: Path  # for the software of peers; outlives the run
    calve: Path
    consume_limit: Path
    flink_jar: Path | None


def service(script: str, *arguments: str, **environment: str) -> str:
    """Runs one of deploy/local's scripts; returns what it prints."""
    done = subprocess.run([SERVICES / script, *arguments], env={**os.environ, **environment},
                          check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def fill_topic(workload: Workload) -> None:
    service("kafka.sh", "topic", workload.topic, str(PARTITIONS))
    produced = subprocess.run(
        [workload.calve, "produce", "--count", str(workload.events), "--seed", str(SEED),
         "-X", f"compression.type={workload.compression}"],
        env={**os.environ, "KAFKA_BOOTSTRAP_SERVERS": workload.brokers, "KAFKA_TOPIC": workload.topic},
        capture_output=True, text=True,
    )
    if produced.returncode != 0:
        sys.exit(f"calve produce ended with {produced.returncode}:\n{produced.stderr}")
    ask_for_coordinator(workload)


def ask_for_coordinator(workload: Workload) -> None:
    """A fresh broker takes seconds to make the topic of the groups' offsets; none of the systems is to wait for it."""
    consumer = Consumer({"bootstrap.servers": workload.brokers, "group.id": "bench"})
    deadline = time.monotonic() + COORDINATOR_SECONDS_MAX
    while True:
        try:
            consumer.committed([TopicPartition(workload.topic, 0)], timeout=COORDINATOR_SECONDS_MAX)
            break
        except KafkaException:  # the coordinator is being made
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    consumer.close()


def fetch_jars(pom: Path, folder: Path) -> Path:
    """The jars that a pom names, fetched once."""
    if not folder.is_dir():
        part = folder.with_suffix(".part")
        subprocess.run(
            ["mvn", "-q", "-B", "--strict-checksums", "-f", pom,
             "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies",
             "-DincludeScope=runtime", f"-DoutputDirectory={part}"], check=True)
        part.rename(folder)
    return folder
