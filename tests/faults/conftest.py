"""What the fault tests share: one broker, one S3, a pipeline of its own for each test, one seed."""

import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import uuid

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from pipeline import Pipeline, TALLY  # noqa: E402
from s3_fault_proxy import S3FaultProxy  # noqa: E402

CALVE = os.environ.get("CALVE_BIN", str(ROOT / "build/dev/bin/calve"))
SEED = int(os.environ.get("CALVE_TEST_SEED", random.SystemRandom().randrange(1 << 32)))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """A service of deploy/local, in a state folder of its own."""

    def __init__(self, script: str, **environment: str):
        self.script = str(ROOT / "deploy/local" / script)
        self.environment = {**os.environ, **environment}

    def __call__(self, *arguments: str) -> None:
        subprocess.run([self.script, *arguments], env=self.environment, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def state_folder():
    with tempfile.TemporaryDirectory(prefix="calve-faults-") as folder:
        yield folder


@pytest.fixture(scope="session")
def kafka(state_folder):
    port = free_port()
    service = Service("kafka.sh", CALVE_STATE=state_folder, KAFKA_PORT=str(port))
    service("start")
    service.address = f"127.0.0.1:{port}"
    yield service
    service("stop")


@pytest.fixture(scope="session")
def s3(state_folder):
    port = free_port()
    service = Service("localstack.sh", CALVE_STATE=state_folder, LOCALSTACK_PORT=str(port))
    service("start")
    service.endpoint = f"http://127.0.0.1:{port}"
    yield service
    service("stop")


@pytest.fixture
def rng(request):
    """Random choices of one test: the same again under CALVE_TEST_SEED."""
    return random.Random(f"{SEED}/{request.node.name}")


@pytest.fixture
def on_folder(tmp_path):
    """File log to local folder: no service at all."""
    pipeline = Pipeline(CALVE, tmp_path)
    yield pipeline
    pipeline.close()


@pytest.fixture
def on_services(tmp_path, kafka, s3):
    """Kafka to S3."""
    pipeline = Pipeline(CALVE, tmp_path)
    pipeline.use_kafka(kafka, partitions=4)
    pipeline.use_s3(s3, bucket=f"b{uuid.uuid4().hex[:12]}")
    yield pipeline
    pipeline.close()


@pytest.fixture
def on_kafka(tmp_path, kafka):
    """Kafka to local folder: fast."""
    pipeline = Pipeline(CALVE, tmp_path)
    pipeline.use_kafka(kafka, partitions=4)
    yield pipeline
    pipeline.close()


@pytest.fixture
def behind_proxy(on_folder, s3):
    """File log to S3, through the proxy."""
    proxy = S3FaultProxy(s3.endpoint)
    on_folder.use_s3(s3, bucket=f"b{uuid.uuid4().hex[:12]}", endpoint=proxy.endpoint)
    on_folder.proxy = proxy
    yield on_folder
    proxy.close()


def pytest_report_header():
    return f"calve: {CALVE}; CALVE_TEST_SEED={SEED}"


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(
        f"{TALLY['kills']} kills, {TALLY['starts']} starts of the engine, "
        f"{TALLY['events']:,} events accounted for"
    )
