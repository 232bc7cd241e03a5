"""DuckDB says what a topic holds and what a table holds; a reading counts only if both say the same."""

import importlib.util
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from table import Table


@dataclass(frozen=True)
class Content:
    rows: int
    orders: int  # distinct ids
    totals: str  # sum, exact
    quantities: int  # of all items
    checksum: int  # of id, status, total and country, whatever the rows' order


CONTENT = """
    SELECT count(*), count(DISTINCT id), CAST(sum(total) AS VARCHAR), CAST(sum(quantity) AS BIGINT),
      sum(hash(id || '|' || status || '|' || CAST(total AS VARCHAR) || '|' || country))
    FROM (
      SELECT CAST(order_id AS VARCHAR) AS id, status, CAST(total AS DECIMAL(12, 2)) AS total,
        shipping_address.country AS country, list_sum(list_transform(items, item -> item.quantity)) AS quantity
      FROM {source}
    )
"""


def connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    connection.execute("SET memory_limit = '4GB'")
    for name in ("avro", "iceberg"):
        package = importlib.util.find_spec(f"duckdb_extension_{name}")
        assert package and package.submodule_search_locations
        [extension] = Path(package.submodule_search_locations[0]).rglob(f"{name}.duckdb_extension")
        connection.execute(f"LOAD '{extension}'")
    return connection


def content_of(source: str) -> Content:
    row = connect().execute(CONTENT.format(source=source)).fetchone()
    assert row
    return Content(*row)


def content_of_topic(brokers: str, topic: str, folder: Path) -> tuple[Content, int]:
    """And how many bytes its events have."""
    events = folder / f"{topic}.ndjson"
    with events.open("wb") as output:
        subprocess.run(["kcat", "-b", brokers, "-t", topic, "-C", "-e", "-q", "-o", "beginning"],
                       check=True, stdout=output)
    content = content_of(
        f"""read_json('{events}', format = 'newline_delimited', columns = {{
          order_id: 'VARCHAR', status: 'VARCHAR', total: 'DECIMAL(12, 2)',
          items: 'STRUCT(quantity INTEGER)[]', shipping_address: 'STRUCT(country VARCHAR)'}})"""
    )
    size = events.stat().st_size - content.rows  # a newline each
    events.unlink()
    return content, size


def check(name: str, table: Table, expected: Content) -> None:
    found = content_of(f"iceberg_scan('{table.metadata_file()}')")
    if found != expected:
        raise SystemExit(f"{name}: the table is not the topic.\n  topic {expected}\n  table {found}")


def wait_for_rows(name: str, table: Table, rows: int, seconds_max: float) -> None:
    """Until the table's own summary tells so many; check() is to follow."""
    deadline = time.monotonic() + seconds_max
    while (found := table.rows()) < rows:
        if time.monotonic() > deadline:
            sys.exit(f"{name}: {found} of {rows} rows after {seconds_max:.0f} s in {table.folder}")
        time.sleep(0.5)
