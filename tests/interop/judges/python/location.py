"""Where a table lies, and its metadata files, whichever way they are named."""

import dataclasses
import os
import re
from urllib.parse import urlparse

from pyarrow import fs

METADATA_NAME = re.compile(r"(?:v(\d+)|(\d+)-[-0-9a-f]+)(?:\.gz)?\.metadata\.json(?:\.gz)?")


def s3_endpoint() -> str | None:
    """The endpoint that is not AWS's, as http(s)://host:port, or none."""
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")


def s3_region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"


@dataclasses.dataclass(frozen=True)
class Location:
    """A table's folder or s3:// prefix, and its metadata files by version, oldest first."""

    root: str
    versions: dict[int, str]

    @staticmethod
    def parse(text: str) -> "Location":
        if text.endswith(".json"):
            return Location(text.rsplit("/metadata/", 1)[0], {0: text})
        root = text.rstrip("/")
        versions = {}
        for path in list_files(root + "/metadata"):
            if name := METADATA_NAME.fullmatch(path.rsplit("/", 1)[1]):
                versions[int(name[1] or name[2])] = path
        if not versions:
            raise SystemExit(f"No metadata file is under {root}/metadata/")
        return Location(root, dict(sorted(versions.items())))

    @property
    def newest(self) -> str:
        return self.versions[max(self.versions)]


def list_files(folder: str) -> list[str]:
    filesystem, prefix = open_filesystem(folder)
    scheme = "s3://" if folder.startswith("s3://") else ""
    return [scheme + info.path for info in filesystem.get_file_info(fs.FileSelector(prefix))]


def file_size(path: str) -> int | None:
    """None when there is no such file."""
    filesystem, name = open_filesystem(path)
    info = filesystem.get_file_info(name)
    return info.size if info.type == fs.FileType.File else None


def open_filesystem(path: str) -> tuple[fs.FileSystem, str]:
    parsed = urlparse(path)
    if parsed.scheme in ("s3", "s3a", "s3n"):
        options = {"region": s3_region()}
        if endpoint := s3_endpoint():
            options["endpoint_override"] = endpoint
        return fs.S3FileSystem(**options), parsed.netloc + parsed.path
    return fs.LocalFileSystem(), parsed.path
