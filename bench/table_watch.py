"""Sees each version of a table as soon as it exists, as a reader that polls would."""

import json
import sys
import threading
import time
from typing import Any

import pyarrow.fs

POLL_SECONDS = 0.005


class TableWatch:
    """Of a Hadoop catalog's table that one engine writes, from its first version on, in a thread of its own."""

    def __init__(self, filesystem: pyarrow.fs.FileSystem, table: str) -> None:
        self.filesystem, self.table = filesystem, table
        self.versions: list[tuple[int, dict[str, Any]]] = []  # (seen, in milliseconds since 1970; metadata)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "TableWatch":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()

    def _watch(self) -> None:
        while not self.ended.is_set():
            path = f"{self.table}/metadata/v{len(self.versions) + 1}.metadata.json"
            if self.filesystem.get_file_info(path).type == pyarrow.fs.FileType.NotFound:
                time.sleep(POLL_SECONDS)
                continue
            seen_ms = time.time_ns() // 1_000_000
            with self.filesystem.open_input_stream(path) as stream:
                self.versions.append((seen_ms, json.loads(stream.read())))

    def _wait(self, seconds_max: float, until: Any) -> None:
        deadline = time.monotonic() + seconds_max
        while not until():
            if time.monotonic() > deadline:
                sys.exit(f"{self.table}: {self._rows()} rows in {len(self.versions)} versions after {seconds_max} s")
            time.sleep(0.05)

    def _rows(self) -> int:
        head = self._head(self.versions[-1][1]) if self.versions else None
        return int(head["summary"]["total-records"]) if head else 0

    @staticmethod
    def _head(metadata: dict[str, Any]) -> dict[str, Any] | None:
        current = metadata.get("current-snapshot-id")
        return next((one for one in metadata.get("snapshots", []) if one["snapshot-id"] == current), None)

    def wait_for_table(self, seconds_max: float) -> None:
        self._wait(seconds_max, lambda: self.versions)

    def wait_for_rows(self, rows: int, seconds_max: float) -> None:
        self._wait(seconds_max, lambda: self._rows() >= rows)

    def commits(self) -> int:
        return self.versions[-1][1]["last-sequence-number"]

    def ranges(self) -> list[dict[str, int]]:
        """What each snapshot's ledger says it accounts for, and when that was first to be seen."""
        found = []
        known: set[int] = set()
        for seen_ms, metadata in self.versions:
            head = self._head(metadata)
            if head is None or head["snapshot-id"] in known:
                continue
            known.add(head["snapshot-id"])
            for one in json.loads(head["summary"].get("calve.ranges", "[]")):
                found.append({"partition": one["partition"], "from": one["from"], "to": one["to"], "seen_ms": seen_ms})
        return found
