"""What the cloud tests share: where calve is, and a clean environment."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/faults"))
CALVE = os.environ.get("CALVE_BIN", str(ROOT / "build/dev/bin/calve"))


def clean_environment(**more: str) -> dict[str, str]:
    ours = ("KAFKA_", "ICEBERG_", "AWS_", "CALVE_", "FLINK_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    cache = {"CALVE_CACHE": os.environ["CALVE_CACHE"]} if "CALVE_CACHE" in os.environ else {}
    return {**kept, **cache, "CALVE_HTTP_LISTEN": "off", **more}
