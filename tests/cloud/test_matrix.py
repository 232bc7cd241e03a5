"""The same journey wherever events and tables are: what differs is environment variables, and never a count."""

import json
import subprocess
import time

import pytest
from conftest import CALVE, MATRIX, clean_environment
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.catalog.rest import RestCatalog
from pyiceberg.table import StaticTable, Table
from services import BUCKET, GLUE_ENDPOINT, KAFKA_PORT, KEYS, REST_PORTS, S3_ENDPOINTS, Services

# The same seed and start make the same events; of 4,000 these many are valid.
PRODUCE = ("produce", "--count", "4000", "--seed", "7", "--invalid", "2%", "--duplicates", "1%", "--late", "3%")
EVENTS = 4000
SECONDS_MAX = 120

SOURCES = ("file log", "kafka")
PLACES = (
    ("folder", "hadoop"), ("folder", "rest"),
    ("localstack", "hadoop"), ("localstack", "rest"), ("localstack", "glue"),
    ("moto", "hadoop"), ("moto", "rest"), ("moto", "glue"),
)  # fmt: skip


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    services = Services(tmp_path_factory.mktemp("matrix"))
    try:
        services.start()
        yield services
    finally:
        services.stop()


def variables(services: Services, source: str, store: str, catalog: str, name: str) -> dict[str, str]:
    """All that tells one combination from another."""
    chosen = {"ICEBERG_CATALOG_TYPE": catalog, "ICEBERG_NAMESPACE": name}
    if source == "kafka":
        chosen |= {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{KAFKA_PORT}", "KAFKA_TOPIC": f"orders.{name}"}
    if store in S3_ENDPOINTS:
        chosen["AWS_ENDPOINT_URL_S3"] = S3_ENDPOINTS[store]
    if catalog == "rest":
        chosen["ICEBERG_CATALOG_URI"] = f"http://127.0.0.1:{REST_PORTS[store]}"
    else:
        chosen["ICEBERG_WAREHOUSE"] = str(services.folder) if store == "folder" else f"s3://{BUCKET}/lake"
    if catalog == "glue":
        chosen["AWS_ENDPOINT_URL_GLUE"] = GLUE_ENDPOINT
    return chosen


def file_io(store: str) -> dict[str, str]:
    keys = {"s3.access-key-id": "test", "s3.secret-access-key": "test", "s3.region": "us-east-1"}
    return {**keys, "s3.endpoint": S3_ENDPOINTS[store]} if store in S3_ENDPOINTS else {}


def catalog_of(store: str, catalog: str) -> Catalog:
    if catalog == "rest":
        return RestCatalog("matrix", uri=f"http://127.0.0.1:{REST_PORTS[store]}", **file_io(store))
    glue = {"glue.endpoint": GLUE_ENDPOINT, "glue.region": "us-east-1", "glue.access-key-id": "test",
            "glue.secret-access-key": "test"}  # fmt: skip
    return GlueCatalog("matrix", **glue, **file_io(store))


def open_table(store: str, catalog: str, name: str, metadata: str) -> Table:
    """As PyIceberg finds it: by the catalog's own client, or where calve says its newest metadata is."""
    if catalog == "hadoop":
        return StaticTable.from_metadata(metadata, file_io(store))
    table = catalog_of(store, catalog).load_table(name)
    assert table.metadata_location == metadata
    return table


def calve(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [CALVE, *arguments], env=environment, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    assert done.returncode == 0, f"calve {arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("store", "catalog"), PLACES)
def test_the_same_journey(services, tmp_path, source, store, catalog):
    name = f"{source.replace(' ', '_')}_{store}_{catalog}"
    chosen = variables(services, source, store, catalog, name)
    environment = clean_environment(CALVE_DATA_DIR=str(tmp_path / "data"), **KEYS, **chosen)
    if source == "kafka":
        services.topic(f"orders.{name}")
    started = time.monotonic()
    calve(environment, *PRODUCE)
    calve(environment, "run", "--until-end")
    calve(environment, *PRODUCE[:3], "--seed", "8")
    calve(environment, "run", "--until-end")  # goes on from the position in the table
    calve(environment, "verify")
    calve(environment, "doctor")
    seconds = time.monotonic() - started

    tables = [json.loads(calve(environment, "table", "show", "--output", "json", *more)) for more in ((), ("--rejects",))]
    rows = [
        open_table(store, catalog, f"{name}.{table}", shown["metadata_location"]).scan().to_arrow()
        for table, shown in zip(("orders", "orders_rejected"), tables, strict=True)
    ]
    places = {
        place
        for table in rows
        for place in zip(table["source_partition"].to_pylist(), table["source_offset"].to_pylist(), strict=True)
    }
    counts = tuple(table.num_rows for table in rows)
    assert sum(counts) == len(places), "an event is in the tables twice"
    assert sum(counts) == 2 * EVENTS
    settings = " ".join(f"{key}={value}" for key, value in chosen.items() if key not in ("ICEBERG_NAMESPACE", "KAFKA_TOPIC"))
    MATRIX.append((source, store, catalog, *(f"{count:,}" for count in counts), f"{seconds:.1f}", settings))
    assert MATRIX[0][3:5] == MATRIX[-1][3:5], "the counts of the first combination and of this one"
