"""PyIceberg as the reader; rows come through its own scan, never straight from Parquet."""

import os

from pyiceberg.expressions import And, GreaterThanOrEqual, LessThan
from pyiceberg.io import load_file_io
from pyiceberg.manifest import DataFile, ManifestContent, ManifestFile
from pyiceberg.serializers import FromInputFile
from pyiceberg.table import StaticTable
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Snapshot

from leaves import Leaves
from location import Location, file_size, s3_endpoint, s3_region


def io_properties() -> dict[str, str]:
    properties = {"s3.region": s3_region()}
    if endpoint := s3_endpoint():
        properties["s3.endpoint"] = endpoint
    for name, variable in (
        ("s3.access-key-id", "AWS_ACCESS_KEY_ID"),
        ("s3.secret-access-key", "AWS_SECRET_ACCESS_KEY"),
        ("s3.session-token", "AWS_SESSION_TOKEN"),
    ):
        if value := os.environ.get(variable):
            properties[name] = value
    return properties


def open_table(location: Location) -> StaticTable:
    return StaticTable.from_metadata(location.newest, io_properties())


def summary(location: Location) -> dict:
    table = open_table(location)
    schema = table.schema()
    snapshot = table.current_snapshot()
    leaves = Leaves()
    for batch in table.scan().to_arrow_batch_reader():
        leaves.add(batch)
    return {
        "snapshot_id": snapshot.snapshot_id if snapshot else None,
        "partition_spec": [
            f"{field.name} = {field.transform}({schema.find_column_name(field.source_id)})"
            for field in table.spec().fields
        ],
        "data_files": len(list(table.scan().plan_files())),
        **leaves.to_json(),
    }


def plan(location: Location, column: str, lower: str, upper: str) -> dict:
    table = open_table(location)
    in_range = And(GreaterThanOrEqual(column, lower), LessThan(column, upper))
    planned = list(table.scan(row_filter=in_range).plan_files())
    return {
        "files_planned": len(planned),
        "files_total": len(list(table.scan().plan_files())),
        "rows_planned": sum(task.file.record_count for task in planned),
    }


def validate(location: Location) -> dict:
    return Validation(location).run()


class Validation:
    """Walks everything that the metadata files of a table refer to, each manifest and file once."""

    def __init__(self, location: Location) -> None:
        self.location = location
        self.io = load_file_io(io_properties(), location.newest)
        self.problems: list[str] = []
        self.manifests: set[str] = set()
        self.files: set[str] = set()

    def run(self) -> dict:
        newest = self.walk_versions()
        snapshots = newest.snapshots if newest else []
        for snapshot in snapshots:
            self.walk_snapshot(snapshot, newest)
        return {
            "problems": self.problems,
            "metadata_files": len(self.location.versions),
            "snapshots": len(snapshots),
            "manifests": len(self.manifests),
            "data_files": len(self.files),
        }

    def walk_versions(self) -> TableMetadata | None:
        previous = None
        for path in self.location.versions.values():
            try:
                metadata = FromInputFile.table_metadata(self.io.new_input(path))
            except Exception as error:
                self.problems.append(f"metadata does not parse: {path}: {error}")
                continue
            if previous:
                self.compare_versions(path, previous, metadata)
            previous = metadata
        return previous

    def compare_versions(self, path: str, before: TableMetadata, after: TableMetadata) -> None:
        if before.table_uuid != after.table_uuid:
            self.problems.append(f"{path}: table UUID changes: {before.table_uuid} to {after.table_uuid}")
        numbers = [getattr(metadata, "last_sequence_number", 0) for metadata in (before, after)]
        if numbers[1] < numbers[0]:
            self.problems.append(f"{path}: last sequence number falls: {numbers[0]} to {numbers[1]}")

    def walk_snapshot(self, snapshot: Snapshot, metadata: TableMetadata) -> None:
        parent = metadata.snapshot_by_id(snapshot.parent_snapshot_id) if snapshot.parent_snapshot_id else None
        if parent and snapshot.sequence_number and parent.sequence_number >= snapshot.sequence_number:
            self.problems.append(
                f"snapshot {snapshot.snapshot_id}: sequence number {snapshot.sequence_number}"
                f" does not exceed its parent's {parent.sequence_number}"
            )
        rows = 0
        try:
            for manifest in snapshot.manifests(self.io):
                if manifest.content == ManifestContent.DATA:
                    rows += manifest.added_rows_count + manifest.existing_rows_count
                self.walk_manifest(manifest)
        except Exception as error:
            self.problems.append(f"snapshot {snapshot.snapshot_id} does not read: {error}")
            return
        said = snapshot.summary["total-records"] if snapshot.summary else None
        if said is not None and int(said) != rows:
            self.problems.append(
                f"snapshot {snapshot.snapshot_id}: its summary says total-records = {said},"
                f" its manifests hold {rows}"
            )

    def walk_manifest(self, manifest: ManifestFile) -> None:
        if manifest.manifest_path in self.manifests:
            return
        self.manifests.add(manifest.manifest_path)
        for entry in manifest.fetch_manifest_entry(self.io, discard_deleted=True):
            if entry.sequence_number is not None and entry.sequence_number > manifest.sequence_number:
                self.problems.append(
                    f"{entry.data_file.file_path}: sequence number {entry.sequence_number}"
                    f" exceeds its manifest's {manifest.sequence_number}"
                )
            self.check_file(entry.data_file)

    def check_file(self, file: DataFile) -> None:
        if file.file_path in self.files:
            return
        self.files.add(file.file_path)
        size = file_size(file.file_path)
        if size is None:
            self.problems.append(f"data file is missing: {file.file_path}")
        elif size != file.file_size_in_bytes:
            self.problems.append(
                f"data file {file.file_path}: {size} bytes, its manifest says {file.file_size_in_bytes}"
            )
