"""Python: confluent-kafka, orjson and PyIceberg, by python_script.py."""

import sys
from pathlib import Path

from accounting import run_to_end
from system import Reading
from table import Table
from workload import Workload

SCRIPT = Path(__file__).with_name("python_script.py")


class PythonPeer:
    name = "Python: confluent-kafka, orjson, PyIceberg"
    warmth = "cold"
    note = "a commit each 250,000 rows; not exactly once; the whole process, start and end included"

    def __init__(self, workload: Workload) -> None:
        self.workload = workload

    def start(self) -> None:
        pass

    def read_topic(self, run: int) -> Reading:
        workload = self.workload
        catalog, name = workload.folder / f"python-{run}.db", f"python_{run}"
        cost = run_to_end(
            [sys.executable, str(SCRIPT), workload.brokers, workload.topic, str(workload.events), str(catalog),
             str(workload.folder), name],
            {}, workload.folder / f"python-{run}.log",
        )
        return Reading(cost, Table(workload.folder / "analytics" / name))

    def stop(self) -> None:
        pass
