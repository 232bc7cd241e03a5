"""Folder, local platform and cloud differ in configuration alone: the program, its libraries, the contract and the
job's jar are in the images byte for byte as on the host, and the image works without any configuration too."""

import hashlib
import pathlib
import subprocess

import pytest

from local_platform import CALVE, JAR, ROOT

CONTRACT = "orders.created.v1.schema.json"


def digests_inside(platform, service, folder):
    """Of each file below the folder, by its path from there."""
    lines = platform.inside(service, f"find {folder} -type f -exec sha256sum {{}} +").splitlines()
    return {str(pathlib.Path(path).relative_to(folder)): digest for digest, path in map(str.split, lines)}


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def calve_image(containers):
    containers.up("producer")
    return digests_inside(containers, "producer", "/opt/calve")


def test_the_program_is_the_hosts(calve_image):
    assert calve_image["bin/calve"] == digest(CALVE)


def test_the_contract_is_the_repositorys(calve_image):
    assert calve_image[f"share/calve/contracts/{CONTRACT}"] == digest(ROOT / "contracts" / CONTRACT)


def test_the_libraries_are_those_that_the_host_runs_with(calve_image):
    loaded = subprocess.run(["ldd", CALVE], capture_output=True, text=True, check=True).stdout
    paths = {line.split()[0]: line.split()[2] for line in loaded.splitlines() if "=> /" in line}
    by_digest = set(calve_image.values())
    for name in ("libarrow", "libparquet", "libfmt", "libre2", "libzstd"):
        [path] = [path for library, path in paths.items() if library.startswith(f"{name}.so")]
        assert digest(path) in by_digest, name


def test_the_jar_is_the_hosts(containers):
    for service in ("jobmanager", "taskmanager"):
        assert digests_inside(containers, service, "/opt/flink/usrlib") == {JAR.name: digest(JAR)}


def test_the_image_works_on_a_folder_without_configuration(containers, calve_image):
    asked = containers.inside(
        "producer",
        "cd $(mktemp -d); unset KAFKA_BOOTSTRAP_SERVERS KAFKA_TOPIC; calve produce --count 1000; calve run --until-end;"
        "calve sql 'select count(*) as n from orders' --output json",
    )
    assert "1000" in asked
