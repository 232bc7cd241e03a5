"""The same platform as processes of this machine, started and stopped by ./dev."""

import os
import pathlib
import re
import subprocess

import pytest

from local_platform import ROOT


def test_produce_run_verify_and_sql(processes):
    processes.shell("calve produce --count 50000 --invalid 1%; calve run --until-end")
    rows, rejects = processes.check_exactly_once()
    assert rows + rejects == 50_000
    assert "paid" in processes.shell("calve sql 'select status, count(*) from orders group by status'")


def test_up_again_changes_nothing(processes):
    before = processes.dev("status")
    processes.up("kafka", "localstack")
    assert processes.dev("status") == before


def test_status_says_what_runs_and_since_when(processes):
    status = processes.dev("status")
    for port in ("KAFKA_PORT", "LOCALSTACK_PORT"):
        assert f"on port {processes.environment[port]} since 20" in status
    assert "taskmanager runs since 20" in status


@pytest.mark.parametrize(
    "part, words",
    [("kafka", " INFO "), ("localstack", "AWS s3."), ("flink", " INFO "), ("taskmanager", "TaskManagerRunner")],
)
def test_logs_of_a_part(processes, part, words):
    assert words in processes.dev("logs", part)


def test_logs_of_no_part(processes):
    assert processes.dev("logs", "zookeeper", check=False) == ""


def test_localstack_gives_an_object_one_file(processes):
    """So that of racing first puts the one that succeeds is the one that is stored."""
    version = re.search(r"LOCALSTACK_VERSION:-([0-9.]+)", (ROOT / "deploy/local/versions.env").read_text())[1]
    cache = pathlib.Path(os.environ.get("CALVE_CACHE", pathlib.Path.home() / ".cache/calve"))
    done = subprocess.run(
        [cache / f"localstack-{version}/bin/python", ROOT / "tests/e2e/localstack_race.py",
         ROOT / "deploy/local/localstack/serve.py"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_another_mode_is_refused_while_this_one_is_up(processes):
    assert processes.dev("up", "--containers", check=False) == ""
    assert "kafka: serves" in processes.dev("status")
