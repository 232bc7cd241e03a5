"""Tables of a Hadoop warehouse go to Glue without a copy, and the stream goes on where it was."""

import json
import subprocess

import pytest
from conftest import CALVE, clean_environment
from services import BUCKET, GLUE_ENDPOINT, KEYS, Services

EVENTS = 2000
EXIT_CONFIG = 3


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    services = Services(tmp_path_factory.mktemp("register"))
    services.script("glue", "start")
    services.script("glue", "bucket", BUCKET)
    try:
        yield services
    finally:
        services.script("glue", "kill")


def calve(environment, *arguments, code=0):
    done = subprocess.run(
        [CALVE, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == code, f"calve {arguments}\n{done.stdout}\n{done.stderr}"
    return done


def test_hadoop_to_glue(services, tmp_path):
    warehouse = f"s3://{BUCKET}/old"
    common = clean_environment(CALVE_DATA_DIR=str(tmp_path / "data"), AWS_ENDPOINT_URL=GLUE_ENDPOINT, **KEYS)
    hadoop = {**common, "ICEBERG_WAREHOUSE": warehouse}
    glue = {**common, "ICEBERG_CATALOG_TYPE": "glue", "ICEBERG_WAREHOUSE": f"s3://{BUCKET}/new"}
    calve(hadoop, "produce", "--count", str(EVENTS), "--seed", "1", "--invalid", "1%")
    calve(hadoop, "run", "--until-end")
    before = json.loads(calve(hadoop, "table", "show", "--output", "json").stdout)

    calve(glue, "table", "register", "--from", warehouse)
    calve(glue, "table", "register", "--from", warehouse)  # again, without harm
    after = json.loads(calve(glue, "table", "show", "--output", "json").stdout)
    assert after["metadata_location"] == before["metadata_location"], "nothing was copied"

    calve(glue, "produce", "--count", str(EVENTS), "--seed", "2")
    refused = calve(hadoop, "run", "--until-end", code=EXIT_CONFIG)
    assert "Glue" in refused.stderr
    calve(glue, "run", "--until-end")
    assert f"{2 * EVENTS:,} of {2 * EVENTS:,}" in calve(glue, "verify").stdout
    calve(glue, "doctor")
