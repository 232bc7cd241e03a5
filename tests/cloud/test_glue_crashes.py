"""kill -9 at every point of a commit to Glue: every event is in a table once, whatever the entry named then."""

import subprocess

import pytest
from conftest import CALVE, clean_environment
from pyiceberg.catalog.glue import GlueCatalog
from services import BUCKET, GLUE_ENDPOINT, KEYS, Services

EVENTS = 1500
KILLED = -9
POINTS = (
    "after_journal", "after_data_files", "after_manifest", "after_manifest_list", "before_swap", "after_swap_sent",
    "after_swap_applied", "after_rejects_commit", "after_orders_commit", "after_journal_closed",
)  # fmt: skip


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    services = Services(tmp_path_factory.mktemp("glue-crashes"))
    services.script("glue", "start")
    services.script("glue", "bucket", BUCKET)
    try:
        yield services
    finally:
        services.script("glue", "kill")


def calve(environment, *arguments, code=0, **more):
    done = subprocess.run(
        [CALVE, *arguments], env={**environment, **more}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == code, f"calve {arguments}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.mark.parametrize("point", POINTS)
def test_a_crash_loses_and_doubles_nothing(services, tmp_path, point):
    environment = clean_environment(
        CALVE_DATA_DIR=str(tmp_path / "data"), AWS_ENDPOINT_URL=GLUE_ENDPOINT, ICEBERG_CATALOG_TYPE="glue",
        ICEBERG_WAREHOUSE=f"s3://{BUCKET}/crashes", ICEBERG_NAMESPACE=point, **KEYS,
    )  # fmt: skip
    calve(environment, "produce", "--count", str(EVENTS), "--invalid", "5%")
    calve(environment, "run", "--until-end", code=KILLED, CALVE_CRASH_AT=point)
    calve(environment, "run", "--until-end")
    assert f"{EVENTS:,} of {EVENTS:,}" in calve(environment, "verify").stdout
    keys = {"access-key-id": "test", "secret-access-key": "test", "region": "us-east-1", "endpoint": GLUE_ENDPOINT}
    catalog = GlueCatalog("crashes", **{f"{service}.{name}": value for service in ("glue", "s3") for name, value in keys.items()})
    rows = [
        place
        for table in ("orders", "orders_rejected")
        for place in catalog.load_table(f"{point}.{table}").scan().to_arrow().select(["source_partition", "source_offset"]).to_pylist()
    ]
    assert len(rows) == EVENTS
    assert len({(row["source_partition"], row["source_offset"]) for row in rows}) == EVENTS
