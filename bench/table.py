"""An Iceberg table as a system under test left it: from its metadata file alone."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Written:
    bytes: int
    data_files: int
    commits: int


VERSION = re.compile(r"v?(\d+)(-[0-9a-f-]+)?\.metadata\.json")  # of a Hadoop catalog, and of others


@dataclass(frozen=True)
class Table:
    """With one writer and one catalog, the newest metadata file is the current one."""

    folder: Path

    def metadata_file(self) -> Path | None:
        versions = {path: VERSION.fullmatch(path.name) for path in (self.folder / "metadata").glob("*.metadata.json")}
        return max((path for path, found in versions.items() if found),
                   key=lambda path: int(versions[path].group(1)), default=None)

    def metadata(self) -> dict[str, Any]:
        found = self.metadata_file()
        return json.loads(found.read_text()) if found else {}

    def snapshot(self) -> dict[str, Any] | None:
        metadata = self.metadata()
        current = metadata.get("current-snapshot-id")
        return next((one for one in metadata.get("snapshots", []) if one["snapshot-id"] == current), None)

    def rows(self) -> int:
        snapshot = self.snapshot()
        return int(snapshot["summary"]["total-records"]) if snapshot else 0

    def last_commit_ms(self) -> int:
        snapshot = self.snapshot()
        assert snapshot, f"no commit in {self.folder}"
        return snapshot["timestamp-ms"]

    def written(self) -> Written:
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return Written(
            bytes=sum(path.stat().st_size for path in files),
            data_files=sum(path.suffix == ".parquet" for path in files),
            commits=self.metadata()["last-sequence-number"],
        )
