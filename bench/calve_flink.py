"""Calve in Flink: the same engine, in a job."""

import judge
from accounting import Cost
from flink_cluster import JOB_SECONDS_MAX, SLOTS, FlinkCluster
from system import Reading
from table import Table
from workload import Workload

REST_PORT, RPC_PORT = 8382, 6324
CHECKPOINT_INTERVAL = "10s"


class CalveFlink:
    name = "Calve in Flink 1.18"
    warmth = "warm"
    note = (f"a checkpoint each {CHECKPOINT_INTERVAL}; JobManager and TaskManager, from the job's start to its last "
            "commit; a whole job before it is not counted")

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.cluster = FlinkCluster(workload.folder / "calve-flink", REST_PORT, RPC_PORT, workload.cache)

    def start(self) -> None:
        self.cluster.call("start")
        self.read_topic(0)

    def read_topic(self, run: int) -> Reading:
        workload = self.workload
        warehouse = workload.folder / f"calve-flink-{run}"
        table = Table(warehouse / "analytics/orders")
        meter = self.cluster.meter()
        job = self.cluster.call(
            "submit", str(workload.flink_jar), f"KAFKA_BOOTSTRAP_SERVERS={workload.brokers}",
            f"KAFKA_TOPIC={workload.topic}", f"ICEBERG_WAREHOUSE={warehouse}", f"FLINK_PARALLELISM={SLOTS}",
            f"FLINK_CHECKPOINT_INTERVAL={CHECKPOINT_INTERVAL}")
        judge.wait_for_rows(self.name, table, workload.events, JOB_SECONDS_MAX)
        seconds = (table.last_commit_ms() - self.cluster.get(f"/jobs/{job}")["start-time"]) / 1000
        cost = Cost(seconds, meter.cpu_seconds(), meter.peak_mib())
        self.cluster.call("cancel", job)
        return Reading(cost, table)

    def stop(self) -> None:
        self.cluster.call("kill")
