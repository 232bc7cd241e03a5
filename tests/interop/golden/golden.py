"""Makes the golden table that comes from PyIceberg: golden.py FOLDER.

Its snapshots' manifests are in three Avro codecs, two of which Java does not write. Beside it lies
the newest metadata of the orders table with fields that no version of the specification names.
"""

import json
import pathlib
import sys

import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import LongType, NestedField, StringType, TimestamptzType

PREFIX = "file:/golden/"
CODECS = ["null", "zstandard", "deflate"]


class GoldenIO(PyArrowFileIO):
    """Files named file:/golden/... that lie in the folder being made."""

    def new_input(self, location):
        return super().new_input(self._real(location))

    def new_output(self, location):
        return super().new_output(self._real(location))

    def _real(self, location):
        return location.replace(PREFIX, self.properties["golden.root"] + "/")


def make_codecs(root: pathlib.Path) -> None:
    catalog = load_catalog(
        "golden",
        **{
            "type": "in-memory",
            "warehouse": PREFIX,
            "py-io-impl": f"{GoldenIO.__module__}.GoldenIO",
            "golden.root": str(root),
        },
    )
    catalog.create_namespace("golden")
    schema = Schema(
        NestedField(1, "id", LongType(), required=True),
        NestedField(2, "created_at", TimestamptzType(), required=True),
        NestedField(3, "name", StringType()),
    )
    table = catalog.create_table(
        "golden.codecs",
        schema,
        location=PREFIX + "codecs",
        partition_spec=PartitionSpec(PartitionField(1, 1000, IdentityTransform(), "id")),
    )
    for number, codec in enumerate(CODECS):
        with table.transaction() as transaction:
            transaction.set_properties({"write.avro.compression-codec": codec})
        rows = [{"id": number, "created_at": (number - 1) * 86_400_000_000, "name": codec}]
        table.append(pa.Table.from_pylist(rows, schema=table.schema().as_arrow()))
    write_expected(table, root / "codecs" / "expected.json")


def write_expected(table, path: pathlib.Path) -> None:
    """A part of what Java's expected.json holds, under the same names."""
    snapshots = [
        {
            "snapshot_id": snapshot.snapshot_id,
            "parent_snapshot_id": snapshot.parent_snapshot_id,
            "sequence_number": snapshot.sequence_number,
            "operation": snapshot.summary.operation.value,
            "manifest_list": snapshot.manifest_list.rsplit("/", 1)[1],
            "manifests": [
                {
                    "manifest": manifest.manifest_path.rsplit("/", 1)[1],
                    "length": manifest.manifest_length,
                    "partition_spec_id": manifest.partition_spec_id,
                    "sequence_number": manifest.sequence_number,
                    "added_files_count": manifest.added_files_count,
                    "live_files": [
                        {
                            "file_path": entry.data_file.file_path,
                            "record_count": entry.data_file.record_count,
                            "data_sequence_number": entry.sequence_number,
                        }
                        for entry in manifest.fetch_manifest_entry(table.io)
                    ],
                }
                for manifest in snapshot.manifests(table.io)
            ],
        }
        for snapshot in table.metadata.snapshots
    ]
    expected = {
        "metadata": table.metadata_location.rsplit("/", 1)[1],
        "format_version": table.metadata.format_version,
        "table_uuid": str(table.metadata.table_uuid),
        "last_sequence_number": table.metadata.last_sequence_number,
        "current_snapshot_id": table.metadata.current_snapshot_id,
        "snapshots": snapshots,
    }
    path.write_text(json.dumps(expected) + "\n")


def make_unknown_fields(root: pathlib.Path) -> None:
    newest = max((root / "orders" / "metadata").glob("v*.metadata.json"))
    metadata = json.loads(newest.read_text())
    metadata["a-later-field"] = {"nested": [1, None, "x"]}
    metadata["schemas"][0]["a-later-field"] = True
    metadata["snapshots"][-1]["a-later-field"] = 1.5
    metadata["partition-specs"][0]["fields"][0]["a-later-field"] = "x"
    folder = root / "unknown-fields" / "metadata"
    folder.mkdir(parents=True)
    (folder / newest.name).write_text(json.dumps(metadata))


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    make_codecs(folder)
    make_unknown_fields(folder)
