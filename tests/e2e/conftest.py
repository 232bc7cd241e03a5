"""What the end-to-end tests share: a platform in containers on the mission's ports, one as processes on others."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from local_platform import CALVE, LocalPlatform, free_ports  # noqa: E402


def started(platform, *parts):
    try:
        platform.up(*parts)
        yield platform
    finally:
        platform.down()


@pytest.fixture(scope="session")
def containers(tmp_path_factory):
    """Everything in containers, on the ports that README names."""
    yield from started(LocalPlatform("containers", tmp_path_factory.mktemp("containers")))


@pytest.fixture(scope="session")
def containers_that_keep(tmp_path_factory):
    """Kafka and an S3 server that keeps its objects."""
    platform = LocalPlatform(
        "containers", tmp_path_factory.mktemp("keep"), LOCALSTACK_IMAGE="localhost/calve-seaweedfs",
        NETWORK="calve-e2e-keep", COMPOSE_PROJECT_NAME="calve-e2e-keep", **free_ports(),
    )  # fmt: skip
    yield from started(platform, "kafka", "localstack")


@pytest.fixture(scope="session")
def processes(tmp_path_factory):
    """Everything as processes of this machine."""
    platform = LocalPlatform("processes", tmp_path_factory.mktemp("processes"), **free_ports())
    yield from started(platform)


def pytest_report_header():
    return f"calve: {CALVE}"
