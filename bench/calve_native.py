"""Calve as one process."""

from accounting import run_to_end
from system import Reading
from table import Table
from workload import Workload

COMMIT_INTERVAL = "1s"


class CalveNative:
    name = "Calve"
    warmth = "cold"
    note = f"calve run --until-end, a commit each {COMMIT_INTERVAL}; the whole process, start and end included"

    def __init__(self, workload: Workload) -> None:
        self.workload = workload

    def start(self) -> None:
        pass

    def read_topic(self, run: int) -> Reading:
        workload = self.workload
        warehouse = workload.folder / f"native-{run}"
        cost = run_to_end(
            [str(workload.calve), "run", "--until-end"],
            {
                "KAFKA_BOOTSTRAP_SERVERS": workload.brokers,
                "KAFKA_TOPIC": workload.topic,
                "ICEBERG_WAREHOUSE": str(warehouse),
                "CALVE_COMMIT_INTERVAL": COMMIT_INTERVAL,
                "CALVE_HTTP_LISTEN": "off",
            },
            workload.folder / f"native-{run}.log",
        )
        return Reading(cost, Table(warehouse / "analytics/orders"))

    def stop(self) -> None:
        pass
