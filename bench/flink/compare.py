#!/usr/bin/env python3
"""CPU-seconds of the TaskManager per million events: Calve's job beside Flink SQL with Iceberg's sink.

Both read the same topic, on the same cluster, into a folder of this machine. Each gets a fresh
TaskManager and reads the topic twice: the first reading warms the JVM up, the second is the one to
compare. Kafka and Flink are started and stopped here; run.sh gives the jars.
"""

import argparse
import json
import os
import pathlib
import re
import string
import subprocess
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
LOCAL = HERE.parents[1] / "deploy/local"
PARTITIONS = 4
PARALLELISM = 2
CHECKPOINT_INTERVAL = "5s"
READING_SECONDS_MAX = 600
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def service(script: str, *arguments: str) -> str:
    return subprocess.run([LOCAL / script, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


class TaskManager:
    def __init__(self) -> None:
        log = pathlib.Path(service("flink.sh", "logs").splitlines()[1])
        self.pid = int((log.parent / "process").read_text().split()[0])

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def peak_mib(self) -> int:
        return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{self.pid}/status").read_text()).group(1)) // 1024


def wait_until(done, what: str) -> None:
    deadline = time.monotonic() + READING_SECONDS_MAX
    while not done():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what}: not within {READING_SECONDS_MAX} s")
        time.sleep(0.1)


def rows(table: pathlib.Path) -> int:
    """As the newest snapshot's summary tells it."""
    versions = [int(path.name[1:].split(".")[0]) for path in (table / "metadata").glob("v*.metadata.json")]
    if not versions:
        return 0
    metadata = json.loads((table / "metadata" / f"v{max(versions)}.metadata.json").read_text())
    current = metadata.get("current-snapshot-id")
    return sum(int(s["summary"]["total-records"]) for s in metadata.get("snapshots", []) if s["snapshot-id"] == current)


class CalveReading:
    name = "Calve's job"

    def __init__(self, options: argparse.Namespace) -> None:
        warehouse = options.folder / f"calve-{uuid.uuid4().hex[:6]}"
        self.tables = [warehouse / "analytics" / name for name in ("orders", "orders_rejected")]
        self.options = options
        self.job = service(
            "flink.sh", "submit", options.jar, f"KAFKA_BOOTSTRAP_SERVERS={options.brokers}",
            f"KAFKA_TOPIC={options.topic}", f"ICEBERG_WAREHOUSE={warehouse}", f"FLINK_PARALLELISM={PARALLELISM}",
            f"FLINK_CHECKPOINT_INTERVAL={CHECKPOINT_INTERVAL}",
        )

    def wait(self) -> None:
        wait_until(lambda: sum(map(rows, self.tables)) == self.options.events, "the table is to hold the topic")

    def end(self) -> None:
        service("flink.sh", "cancel", self.job)


class SqlReading:
    name = "Flink SQL, Iceberg's sink"

    def __init__(self, options: argparse.Namespace) -> None:
        run = uuid.uuid4().hex[:6]
        self.table = options.folder / "sql" / "peer" / f"orders_{run}"
        self.options = options
        script = options.folder / f"peer-{run}.sql"
        jars = sorted(options.peer_jars.glob("*.jar"))
        script.write_text(string.Template((HERE / "peer.sql").read_text()).substitute(
            INTERVAL=CHECKPOINT_INTERVAL, PARALLELISM=PARALLELISM, TOPIC=options.topic, BROKERS=options.brokers,
            RUN=run, WAREHOUSE=options.folder / "sql",
            JARS=";".join(f"file://{jar}" for jar in jars if "sql-gateway" not in jar.name),
        ))
        self.job = self.submit(script)

    def submit(self, script: pathlib.Path) -> str:
        """By Flink's SQL client, which prints the job's id."""
        options = self.options
        conf = options.folder / "client-conf"
        conf.mkdir(exist_ok=True)
        (conf / "flink-conf.yaml").write_text(
            f"execution.target: remote\nrest.address: 127.0.0.1\nrest.port: {options.rest_port}\n"
        )
        classpath = [options.flink / "lib/*", options.flink / "opt/*", options.peer_jars / "*"]
        opens = [f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in ("java.lang", "java.util", "java.net", "java.io")]
        done = subprocess.run(
            ["java", *opens, "-cp", ":".join(map(str, classpath)), "org.apache.flink.table.client.SqlClient",
             "embedded", "-f", script],
            env={**os.environ, "FLINK_CONF_DIR": str(conf)}, capture_output=True, text=True,
        )
        found = re.search(r"Job ID: ([0-9a-f]{32})", done.stdout)
        if not found:
            raise SystemExit(f"the SQL client submitted no job:\n{done.stdout}{done.stderr}")
        return found.group(1)

    def wait(self) -> None:
        wait_until(lambda: service("flink.sh", "state", self.job) == "FINISHED", "the SQL job is to finish")
        if rows(self.table) != self.options.events:
            raise SystemExit(f"the SQL job wrote {rows(self.table)} rows of {self.options.events} events")

    def end(self) -> None:
        pass  # its source is bounded


def measure(reading_class, options: argparse.Namespace) -> float:
    """Prints both readings; returns the warm one's CPU-seconds per million."""
    service("flink.sh", "kill-taskmanager")
    service("flink.sh", "start-taskmanager")
    time.sleep(15)  # the JobManager forgets the one before
    service("flink.sh", "start")
    task_manager = TaskManager()
    for warmth in ("cold", "warm"):
        cpu, began = task_manager.cpu_seconds(), time.monotonic()
        reading = reading_class(options)
        reading.wait()
        seconds = time.monotonic() - began
        cpu_per_million = (task_manager.cpu_seconds() - cpu) / options.events * 1e6
        reading.end()
        print(f"| {reading.name}, {warmth} | {options.events / seconds:,.0f} | {cpu_per_million:.2f} "
              f"| {task_manager.peak_mib():,} |", flush=True)
    return cpu_per_million


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calve", required=True, help="the program, for produce")
    parser.add_argument("--jar", required=True)
    parser.add_argument("--flink", type=pathlib.Path, required=True, help="folder of the Flink software")
    parser.add_argument("--peer-jars", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--events", type=int, default=1_000_000)
    options = parser.parse_args()
    options.rest_port = os.environ["FLINK_REST_PORT"]
    options.brokers = f"127.0.0.1:{os.environ['KAFKA_PORT']}"
    options.topic = f"bench-{uuid.uuid4().hex[:6]}"
    try:
        service("kafka.sh", "start")
        service("kafka.sh", "topic", options.topic, str(PARTITIONS))
        service("flink.sh", "start")
        subprocess.run(
            [options.calve, "produce", "--count", str(options.events), "--seed", "7"], check=True,
            env={"KAFKA_BOOTSTRAP_SERVERS": options.brokers, "KAFKA_TOPIC": options.topic},
            stdout=subprocess.DEVNULL,
        )
        print("| what | events/s | CPU-s of the TaskManager per million | peak MiB |\n| --- | --- | --- | --- |")
        ours = measure(CalveReading, options)
        peers = measure(SqlReading, options)
        print(f"\nwarm: {peers:.2f} / {ours:.2f} = {peers / ours:.1f} times less")
    finally:
        service("flink.sh", "kill")
        service("kafka.sh", "stop")


main()
