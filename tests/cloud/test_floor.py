"""docs/reference/platforms.md says what the built files ask of the system; objdump says whether that is so."""

import os
import pathlib
import re
import subprocess

import pytest
from conftest import CALVE, ROOT

PAGE = (ROOT / "docs/reference/platforms.md").read_text()
FLOORS = dict(re.findall(r"^\| `(GLIBC|GLIBCXX|OPENSSL)_([0-9.]+)`", PAGE, re.MULTILINE))
PROGRAM = pathlib.Path(CALVE)
# The engine's library is built for the Flink job alone: CALVE_JNI names it where it is not beside the program.
JNI = pathlib.Path(os.environ.get("CALVE_JNI", PROGRAM.parent.parent / "lib/libcalve_jni.so"))
BUNDLED = sorted((PROGRAM.parent.parent / "lib").glob("lib*.so*"))


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def highest(file: pathlib.Path) -> dict[str, str]:
    """For each kind of symbol version that the file asks for, the highest."""
    table = subprocess.run(["objdump", "-T", file], capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = {}
    for kind, version in re.findall(r"\*UND\*.*\b(GLIBC|GLIBCXX|OPENSSL)_([0-9.]+)", table):
        found[kind] = max(found.get(kind, "0"), version, key=number)
    return found


def test_the_page_says_what_the_program_asks_for():
    assert highest(PROGRAM) == FLOORS


@pytest.mark.parametrize("file", sorted(file for file in {JNI, *BUNDLED} if file.exists()), ids=lambda file: file.name)
def test_no_library_asks_for_more(file):
    for kind, version in highest(file).items():
        assert number(version) <= number(FLOORS[kind]), f"{file.name} asks for {kind}_{version}"
