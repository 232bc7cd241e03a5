"""The platform that `./dev up` starts, as its user meets it: by ./dev, by calve, and by its ports."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/faults"))

import accounting  # noqa: E402

CALVE = os.environ.get("CALVE_BIN", str(ROOT / "build/release/bin/calve"))
JAR = pathlib.Path(os.environ.get("FLINK_JAR", str(ROOT / "build/flink/calve-flink-1.18.jar")))
UP_SECONDS_MAX = 1800  # the first time fetches the software and builds the images
COMMAND_SECONDS_MAX = 180
TOPIC = "orders.created.v1"
DOCKER_ANSWERS = shutil.which("docker") and subprocess.run(["docker", "info"], capture_output=True).returncode == 0
CONTAINER_ENGINE = "docker" if DOCKER_ANSWERS else "podman"


class LocalPlatform:
    """One `./dev up` in a state folder of its own; every test starts it by up() and ends with down()."""

    def __init__(self, mode, state, **settings):
        self.mode = mode
        self.rows_seen = 0
        self.project = settings.get("COMPOSE_PROJECT_NAME", "calve-e2e")
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("KAFKA_", "ICEBERG_", "AWS_", "FLINK_"))},
            "CALVE_STATE": str(state),
            "CALVE_BIN": CALVE,
            **({"FLINK_JAR": str(JAR)} if "FLINK_JAR" in os.environ else {}),
            "COMPOSE_PROJECT_NAME": self.project,
            "CALVE_HTTP_LISTEN": "off",
            **{name: str(value) for name, value in settings.items()},
        }

    def dev(self, *arguments, check=True, timeout=COMMAND_SECONDS_MAX):
        done = subprocess.run(
            ["./dev", *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=timeout
        )
        assert not check or done.returncode == 0, f"./dev {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def up(self, *parts):
        self.dev("up", f"--{self.mode}", *parts, timeout=UP_SECONDS_MAX)

    def down(self):
        self.dev("down", "--data")

    def shell(self, script):
        """Runs the script in a shell that has evaluated `./dev env`."""
        return self.run(f'eval "$(./dev env)"\n{script}')

    def run(self, script, timeout=COMMAND_SECONDS_MAX):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, env=self.environment,
            capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @property
    def client_environment(self):
        """What `./dev env` exports."""
        return json.loads(self.shell("python3 -c 'import json, os; print(json.dumps(dict(os.environ)))'"))

    def verify(self):
        """calve's own account; it fails unless every offset is in a table exactly once."""
        return self.shell("calve verify")

    def check_exactly_once(self):
        """The account that shares no code with calve: what PyIceberg reads is what Kafka holds, each once."""
        self.verify()
        environment = self.client_environment
        warehouse = environment["ICEBERG_WAREHOUSE"]
        rows = accounting.places(f"{warehouse}/analytics/orders", environment)
        rejects = accounting.places(f"{warehouse}/analytics/orders_rejected", environment)
        held = accounting.topic_places(environment["KAFKA_BOOTSTRAP_SERVERS"], TOPIC)
        assert len(rows) + len(rejects) == len(held), "a row is missing or doubled"
        assert set(rows) | set(rejects) == held, "the rows are not those of the topic"
        return len(rows), len(rejects)

    def row_count(self):
        """Rows of analytics.orders as its newest snapshot tells; none while there is no table."""
        environment = self.client_environment
        location = f"{environment['ICEBERG_WAREHOUSE']}/analytics/orders"
        try:
            return accounting.row_count(location, environment)
        except (FileNotFoundError, ValueError, OSError):
            return 0

    def wait_for_rows(self, count, seconds=COMMAND_SECONDS_MAX):
        return wait_until(lambda: self.row_count() >= count, seconds, f"{count} rows in analytics.orders")

    def wait_for_more_rows(self, count):
        """More than were ever seen here: an S3 that is just starting shows none."""
        self.rows_seen = max(self.rows_seen, self.row_count()) + count
        self.wait_for_rows(self.rows_seen)

    # --- containers --------------------------------------------------------------------------

    def containers(self, *arguments, check=True, timeout=COMMAND_SECONDS_MAX):
        done = subprocess.run(
            [CONTAINER_ENGINE, *arguments], capture_output=True, text=True, timeout=timeout, check=False
        )
        assert not check or done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout.strip()

    def container(self, service):
        names = self.containers(
            "ps", "-aq", "--filter", f"label=com.docker.compose.project={self.project}",
            "--filter", f"label=com.docker.compose.service={service}",
        ).split()  # fmt: skip
        assert len(names) == 1, f"containers of {service}: {names}"
        return names[0]

    def inside(self, service, script):
        """Runs a shell script in the service's container."""
        return self.containers("exec", self.container(service), "bash", "-euc", script)

    def kill(self, service):
        self.containers("kill", "--signal", "KILL", self.container(service))

    def stop(self, service):
        self.containers("stop", "--time", "60", self.container(service))

    def start(self, service):
        self.containers("start", self.container(service))


def free_ports():
    """For all that would else take a port of the mission's."""
    names = ("KAFKA_PORT", "LOCALSTACK_PORT", "FLINK_PORT", "FLINK_RPC_PORT", "ENGINE_PORT")
    with contextlib.ExitStack() as taken:
        probes = {name: taken.enter_context(socket.socket()) for name in names}
        for probe in probes.values():
            probe.bind(("127.0.0.1", 0))
        return {name: probe.getsockname()[1] for name, probe in probes.items()}


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds} s: {what}")
