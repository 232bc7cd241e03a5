"""Iceberg's Kafka Connect sink in one standalone worker."""

import json
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

from pyiceberg.catalog.rest import RestCatalog

import judge
import order_table
from accounting import Cost, Meter
from system import Reading
from table import Table
from workload import PARTITIONS, Workload, fetch_jars, service

HERE = Path(__file__).with_name("kafka_connect")
REST_PORT = 8383
CATALOG_PORT = 8384
CATALOG_URI = f"http://127.0.0.1:{CATALOG_PORT}"
HEAP_MB = 2048
TASKS = 2
COMMIT_INTERVAL_MS = 10_000
START_SECONDS_MAX = 90
JOB_SECONDS_MAX = 900

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(method: str, path: str, body: dict[str, Any] | None = None) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{REST_PORT}{path}", method=method,
                                     data=json.dumps(body).encode() if body else None)
    request.add_header("Content-Type", "application/json")
    with opener.open(request, timeout=60) as response:
        response.read()


class KafkaConnect:
    name = "Kafka Connect, Iceberg's sink"
    warmth = "warm"
    note = (f"version 1.9.2 on Kafka 3.5.2, {TASKS} tasks, a commit each {COMMIT_INTERVAL_MS // 1000} s; no validation, "
            "no processed_at; Iceberg's REST catalog counts, too; from the connector's creation to its last commit; a "
            "whole job before it is not counted")

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        jars = fetch_jars(HERE / "pom.xml", self.workload.cache / "bench-kafka-connect-jars")
        folder = self.workload.folder / "connect"
        folder.mkdir()
        properties = folder / "worker.properties"
        properties.write_text((HERE / "worker.properties").read_text() + "".join((
            f"bootstrap.servers={self.workload.brokers}\n", f"listeners=http://127.0.0.1:{REST_PORT}\n",
            f"offset.storage.file.filename={folder}/offsets\n")))
        with (folder / "log").open("w") as log:
            self.worker = subprocess.Popen(
                ["java", f"-Xms{HEAP_MB}m", f"-Xmx{HEAP_MB}m", f"-Dlog4j.configuration=file:{HERE}/log4j.properties",
                 "-cp", f"{jars}/*", "org.apache.kafka.connect.cli.ConnectStandalone", properties],
                stdout=log, stderr=subprocess.STDOUT)
        self.catalog("start")
        self.wait_until_serving()
        self.read_topic(0)

    def wait_until_serving(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            try:
                return ask("GET", "/connectors")
            except OSError:
                time.sleep(0.5)
        raise SystemExit(f"Kafka Connect does not serve; the log is {self.workload.folder}/connect/log")

    def read_topic(self, run: int) -> Reading:
        assert self.worker
        name = f"connect_{run}"
        order_table.create(RestCatalog("lake", uri=CATALOG_URI), name)
        table = Table(self.workload.folder / "connect/analytics" / name)
        service("kafka.sh", "topic", f"{name}-control", str(PARTITIONS))
        meter, began = Meter([self.worker.pid, self.catalog_pid()]), time.time()
        ask("POST", "/connectors", {"name": name, "config": self.connector(name)})
        judge.wait_for_rows(self.name, table, self.workload.events, JOB_SECONDS_MAX)
        cost = Cost(table.last_commit_ms() / 1000 - began, meter.cpu_seconds(), meter.peak_mib())
        ask("DELETE", f"/connectors/{name}")
        return Reading(cost, table)

    def catalog_pid(self) -> int:
        process = self.workload.folder / f"services/rest-catalog-{CATALOG_PORT}/process"
        return int(process.read_text().split()[0])

    def connector(self, name: str) -> dict[str, str]:
        return {
            "connector.class": "org.apache.iceberg.connect.IcebergSinkConnector",
            "tasks.max": str(TASKS),
            "topics": self.workload.topic,
            "iceberg.tables": f"analytics.{name}",
            "iceberg.control.topic": f"{name}-control",
            "iceberg.control.commit.interval-ms": str(COMMIT_INTERVAL_MS),
            "iceberg.kafka.bootstrap.servers": self.workload.brokers,
            "iceberg.catalog.type": "rest",
            "iceberg.catalog.uri": CATALOG_URI,
        }

    def catalog(self, verb: str) -> None:
        service("rest_catalog.sh", verb, REST_CATALOG_PORT=str(CATALOG_PORT),
                REST_CATALOG_WAREHOUSE=f"file://{self.workload.folder}/connect")

    def stop(self) -> None:
        self.catalog("kill")
        if self.worker:
            self.worker.terminate()
            self.worker.wait()
