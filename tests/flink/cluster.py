"""A Flink cluster of deploy/local, and the jobs that a test submits to it and breaks."""

import os
import pathlib
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECKPOINT_INTERVAL = "500ms"
STATE_SECONDS_MAX = 90
JOB_SETTINGS = ("KAFKA_", "ICEBERG_", "AWS_", "CALVE_")
OF_THE_PROCESS = ("CALVE_HTTP_LISTEN", "CALVE_DATA_DIR", "CALVE_COMMIT_INTERVAL")


class Cluster:
    job_settings = (f"FLINK_CHECKPOINT_INTERVAL={CHECKPOINT_INTERVAL}", "FLINK_PARALLELISM=2")

    def __init__(self, state_folder: str, rest_port: int, rpc_port: int, jar: str, properties: str = ""):
        self.jar = jar
        self.folder = pathlib.Path(state_folder) / f"flink-{rest_port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(JOB_SETTINGS)},
            "CALVE_STATE": state_folder,
            **{name: os.environ[name] for name in ("CALVE_CACHE",) if name in os.environ},
            "FLINK_REST_PORT": str(rest_port),
            "FLINK_RPC_PORT": str(rpc_port),
            "FLINK_SLOTS": "4",
            "FLINK_PROPERTIES": properties,
        }

    def ask(self, *arguments: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [ROOT / "deploy/local/flink.sh", *arguments], env={**self.environment, **environment},
            capture_output=True, text=True,
        )
        if check:
            assert done.returncode == 0, f"flink.sh {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done

    def submit(self, pipeline, *settings: str, restore: str | None = None) -> "Job":
        """A later setting of the same name wins."""
        done = self.try_to_submit(pipeline, *settings, restore=restore)
        assert done.returncode == 0, done.stderr
        return Job(self, done.stdout.strip())

    def try_to_submit(self, pipeline, *settings: str, restore: str | None = None) -> subprocess.CompletedProcess:
        own = [
            f"{name}={value}" for name, value in pipeline.environment.items()
            if name.startswith(JOB_SETTINGS) and name not in OF_THE_PROCESS
        ]
        origin = ["--from", restore] if restore else []
        return self.ask("submit", *origin, self.jar, *own, *self.job_settings, *settings, check=False)

    def cancel_all(self) -> None:
        for line in self.ask("jobs").stdout.splitlines():
            job, state, _ = line.split(maxsplit=2)
            if state not in ("FINISHED", "CANCELED", "FAILED"):
                Job(self, job).cancel()

    def signal_taskmanager(self, number: signal.Signals) -> None:
        os.kill(int((self.folder / "taskmanager/process").read_text().split()[0]), number)

    def crash_taskmanager(self) -> None:
        """As a wild pointer in native code would end it."""
        self.signal_taskmanager(signal.SIGSEGV)
        self.ask("kill-taskmanager")  # waits for its end

    def wait_for_the_taskmanagers_death(self) -> None:
        deadline = time.monotonic() + STATE_SECONDS_MAX
        while "taskmanager stopped" not in self.ask("status", check=False).stdout:
            assert time.monotonic() < deadline, "the TaskManager lives"
            time.sleep(0.2)

    def log(self, process: str) -> str:
        return (self.folder / process / "log").read_text(errors="replace")


class Job:
    def __init__(self, cluster: Cluster, job_id: str):
        self.cluster = cluster
        self.id = job_id

    def state(self) -> str:
        return self.cluster.ask("state", self.id).stdout.strip()

    def wait_for(self, *states: str) -> str:
        deadline = time.monotonic() + STATE_SECONDS_MAX
        while (state := self.state()) not in states:
            assert time.monotonic() < deadline, f"the job is {state}, not {' or '.join(states)}: {self.text()}"
            time.sleep(0.2)
        return state

    def cancel(self) -> None:
        self.cluster.ask("cancel", self.id)
        self.wait_for("CANCELED", "FAILED", "FINISHED")

    def savepoint(self) -> str:
        """Ends the job with it. A checkpoint shows that every task runs, without which there is no savepoint."""
        self.checkpoint()
        place = self.cluster.ask("savepoint", self.id).stdout.strip()
        self.wait_for("FINISHED")
        return place

    def checkpoint(self) -> str:
        """The newest one that is complete; waits for the first."""
        deadline = time.monotonic() + STATE_SECONDS_MAX
        while (done := self.cluster.ask("checkpoint", self.id, check=False)).returncode != 0:
            assert time.monotonic() < deadline, f"no checkpoint: {self.text()}"
            time.sleep(0.2)
        return done.stdout.strip()

    # As Pipeline.wait_for_events asks an engine.

    def is_alive(self) -> bool:
        return self.state() not in ("FAILED", "CANCELED", "FINISHED")

    def text(self) -> str:
        return self.cluster.ask("exceptions", self.id, check=False).stdout
