"""Stock Flink SQL: Kafka source, a WHERE, Iceberg's sink."""

import os
import re
import string
import subprocess
from pathlib import Path

from accounting import Cost
from flink_cluster import SLOTS, FlinkCluster
from system import Reading
from table import Table
from workload import Workload, fetch_jars

HERE = Path(__file__).with_name("flink_sql")
CHECKPOINT_INTERVAL = "10s"
REST_PORT, RPC_PORT = 8381, 6323
FLINK = "flink-1.18.1"
OPENS = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.lang", "java.util", "java.net", "java.io")]


def install_flink(workload: Workload) -> None:
    """flink.sh fetches what it starts, and has no verb for fetching alone."""
    cluster = FlinkCluster(workload.folder / "flink-plain", REST_PORT, RPC_PORT, workload.cache)
    cluster.call("start-jobmanager")
    cluster.call("kill")


class FlinkSql:
    name = "Flink 1.18 SQL, Iceberg's sink"
    warmth = "warm"
    note = (f"streaming, a checkpoint each {CHECKPOINT_INTERVAL}; JobManager and TaskManager, from the job's start to "
            "its end; submission and a whole job before it are not counted")

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.cluster = FlinkCluster(workload.folder / "flink-sql", REST_PORT, RPC_PORT, workload.cache / "flink-sql")

    def start(self) -> None:
        self.lay_software()
        self.cluster.call("start")
        self.read_topic(0)

    def lay_software(self) -> None:
        """Flink with the peer's jars beside its own: in a job's jar they would be loaded, and compiled, anew."""
        software = self.workload.cache / "flink-sql" / FLINK
        jars = fetch_jars(HERE / "pom.xml", self.workload.cache / "flink-sql-jars")
        if (software / "complete").exists():
            return
        plain = self.workload.cache / FLINK
        if not plain.is_dir():
            install_flink(self.workload)
        (software / "lib").mkdir(parents=True, exist_ok=True)
        for part in ("opt", "plugins"):
            (software / part).symlink_to(plain / part)
        for jar in [*(plain / "lib").glob("*.jar"), *jars.glob("*.jar")]:
            (software / "lib" / jar.name).symlink_to(jar)
        (software / "complete").touch()

    def read_topic(self, run: int) -> Reading:
        name, warehouse = f"flink_sql_{run}", self.workload.folder / "flink-sql-tables"
        meter = self.cluster.meter()
        found = self.cluster.wait_until_finished(self.submit(name, warehouse))
        cost = Cost(found["duration"] / 1000, meter.cpu_seconds(), meter.peak_mib())
        return Reading(cost, Table(warehouse / "analytics" / name))

    def submit(self, table: str, warehouse: Path) -> str:
        """By Flink's SQL client; its JVM is not counted. Returns the job's id."""
        workload = self.workload
        script = workload.folder / f"{table}.sql"
        script.write_text(string.Template((HERE / "job.sql").read_text()).substitute(
            INTERVAL=CHECKPOINT_INTERVAL, PARALLELISM=SLOTS, TOPIC=workload.topic, BROKERS=workload.brokers,
            TABLE=table, WAREHOUSE=warehouse))
        conf = workload.folder / "flink-sql-client"
        conf.mkdir(exist_ok=True)
        (conf / "flink-conf.yaml").write_text(
            f"execution.target: remote\nrest.address: 127.0.0.1\nrest.port: {self.cluster.rest_port}\n")
        software = workload.cache / "flink-sql" / FLINK
        classpath = f"{software}/lib/*:{software}/opt/*"
        done = subprocess.run(
            ["java", *OPENS, "-cp", classpath, "org.apache.flink.table.client.SqlClient", "embedded", "-f", script],
            env={**os.environ, "FLINK_CONF_DIR": str(conf)}, capture_output=True, text=True)
        found = re.search(r"Job ID: ([0-9a-f]{32})", done.stdout)
        if not found:
            raise SystemExit(f"the SQL client submitted no job:\n{done.stdout}{done.stderr}")
        return found.group(1)

    def stop(self) -> None:
        self.cluster.call("kill")
