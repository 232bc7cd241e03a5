"""The tests of the job inside a real Flink cluster share broker, S3 and pipelines with the fault tests."""

import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "faults")]

from cluster import ROOT, Cluster  # noqa: E402
from faults_conftest import (  # noqa: E402, F401
    free_port,
    kafka,
    on_services,
    pytest_terminal_summary,
    rng,
    s3,
    state_folder,
)

JAR = os.environ.get("CALVE_FLINK_JAR", str(ROOT / "build/flink/calve-flink-1.18.jar"))


@pytest.fixture(scope="session")
def running_cluster(state_folder):  # noqa: F811
    cluster = Cluster(state_folder, free_port(), free_port(), JAR)
    cluster.ask("start")
    yield cluster
    cluster.ask("kill")


@pytest.fixture
def cluster(running_cluster):
    """One that serves and runs no job, whatever the test before left."""
    running_cluster.ask("start")
    yield running_cluster
    running_cluster.ask("start")
    running_cluster.cancel_all()


class GovernedCluster(Cluster):
    """As a service runs Flink: checkpoints and parallelism are its own, and a program that sets any of
    Flink's configuration is ended, by the mechanism of Flink that Managed Flink's refusals are of."""

    job_settings = ()


@pytest.fixture
def governed_cluster(state_folder):  # noqa: F811
    cluster = GovernedCluster(
        state_folder, free_port(), free_port(), JAR,
        properties="""execution.program-config.enabled: false
execution.checkpointing.interval: 1 s
parallelism.default: 2""",
    )
    cluster.ask("start")
    yield cluster
    cluster.ask("kill")
