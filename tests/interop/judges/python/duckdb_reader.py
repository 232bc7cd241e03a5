"""DuckDB's iceberg extension as the reader. It tells neither the partition spec nor the snapshot."""

import glob
import importlib.util
import json
import os
from urllib.parse import urlparse

import duckdb

from leaves import Leaves
from location import Location, open_filesystem, s3_endpoint, s3_region

BATCH_ROWS = 50_000


def connect(location: Location) -> duckdb.DuckDBPyConnection:
    is_s3 = location.root.startswith("s3://")
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET memory_limit = '1GB'")
    for name in ["avro", "iceberg"] + (["httpfs"] if is_s3 else []):
        connection.execute(f"LOAD '{extension_path(name)}'")
    if is_s3:
        connection.execute(s3_secret())
    return connection


def extension_path(name: str) -> str:
    """The extension's file inside its wheel; nothing is fetched."""
    package = importlib.util.find_spec(f"duckdb_extension_{name}")
    folder = package.submodule_search_locations[0]
    found = glob.glob(f"{folder}/**/{name}.duckdb_extension", recursive=True)
    if len(found) != 1:
        raise SystemExit(f"The wheel duckdb-extension-{name} holds no extension: {folder}")
    return found[0]


def s3_secret() -> str:
    options = {
        "KEY_ID": os.environ.get("AWS_ACCESS_KEY_ID", ""),
        "SECRET": os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
        "REGION": s3_region(),
    }
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        options["SESSION_TOKEN"] = token
    if endpoint := s3_endpoint():
        parsed = urlparse(endpoint)
        options |= {"ENDPOINT": parsed.netloc, "URL_STYLE": "path"}
        options["USE_SSL"] = "true" if parsed.scheme == "https" else "false"
    pairs = ", ".join(f"{name} '{value}'" for name, value in options.items())
    return f"CREATE SECRET (TYPE s3, {pairs})"


def summary(location: Location) -> dict:
    connection = connect(location)
    leaves = Leaves()
    rows = connection.execute("SELECT * FROM iceberg_scan(?)", [location.newest])
    for batch in rows.to_arrow_reader(BATCH_ROWS):
        leaves.add(batch)
    (data_files,) = connection.execute(
        "SELECT count(DISTINCT file_path) FROM iceberg_metadata(?)"
        " WHERE status <> 'DELETED' AND manifest_content = 'DATA'",
        [location.newest],
    ).fetchone()
    return {"data_files": data_files, **leaves.to_json()}


def validate(location: Location) -> dict:
    """Counts the rows of every snapshot and holds them against the snapshot's own total."""
    connection = connect(location)
    problems = []
    filesystem, path = open_filesystem(location.newest)
    with filesystem.open_input_stream(path) as stream:
        snapshots = json.load(stream).get("snapshots", [])
    for snapshot in snapshots:
        identity = snapshot["snapshot-id"]
        try:
            (rows,) = connection.execute(
                f"SELECT count(*) FROM iceberg_scan(?, snapshot_from_id = {identity})", [location.newest]
            ).fetchone()
        except duckdb.Error as error:
            problems.append(f"snapshot {identity} does not read: {error}")
            continue
        said = snapshot.get("summary", {}).get("total-records")
        if said is not None and int(said) != rows:
            problems.append(f"snapshot {identity}: total-records = {said}, {rows} rows are read")
    return {"problems": problems, "snapshots": len(snapshots)}
