"""A Flink cluster of the benchmark's own, and what its jobs cost."""

import json
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounting import Meter
from workload import service

JOB_SECONDS_MAX = 900
POLL_S = 0.2
SLOTS = 2

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class FlinkCluster:
    """Two slots in one TaskManager; JobManager and TaskManager both count as the system."""

    state: Path
    rest_port: int
    rpc_port: int
    cache: Path  # where flink.sh finds, or lays, Flink's software

    def call(self, *arguments: str) -> str:
        return service(
            "flink.sh", *arguments, CALVE_STATE=str(self.state), CALVE_CACHE=str(self.cache),
            FLINK_REST_PORT=str(self.rest_port), FLINK_RPC_PORT=str(self.rpc_port), FLINK_SLOTS=str(SLOTS),
        )

    def pids(self) -> list[int]:
        folder = self.state / f"flink-{self.rest_port}"
        return [int((folder / part / "process").read_text().split()[0]) for part in ("jobmanager", "taskmanager")]

    def meter(self) -> Meter:
        return Meter(self.pids())

    def get(self, path: str) -> Any:
        with opener.open(f"http://127.0.0.1:{self.rest_port}{path}", timeout=30) as response:
            return json.load(response)

    def wait_until_finished(self, job: str) -> dict[str, Any]:
        deadline = time.monotonic() + JOB_SECONDS_MAX
        while time.monotonic() < deadline:
            found = self.get(f"/jobs/{job}")
            if found["state"] == "FINISHED":
                return found
            if found["state"] in ("FAILED", "CANCELED"):
                raise SystemExit(f"Flink's job {job} is {found['state']}: {self.call('exceptions', job)}")
            time.sleep(POLL_S)
        raise SystemExit(f"Flink's job {job} has not finished in {JOB_SECONDS_MAX} s")
