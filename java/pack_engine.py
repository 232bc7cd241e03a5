#!/usr/bin/env python3
"""Lays the engine's library, with the libraries that it needs, as the job jar carries them.

    pack_engine.py libcalve_jni.so FOLDER

FOLDER gets a copy of each and their manifest: a line a library as sha256sum prints it, each behind
those that it needs, so that they can be loaded in that order (NativeLibrary.java does).
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

# Whatever runs a JVM has these, and a process can have but one of each. The C++ runtime is among them: this
# machine's asks for this machine's C library, and the process may have loaded its own before.
OF_THE_SYSTEM = re.compile(
    r"(libc|libm|libdl|librt|libpthread|libresolv|ld-linux-x86-64|libstdc\+\+|libgcc_s)\.so\.\d+"
)


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def resolved(library: Path) -> dict[str, Path]:
    """Where the loader of this machine finds each library that is needed, directly or not."""
    found: dict[str, Path] = {}
    for name, place in re.findall(r"^\s*(\S+) => (.+?)(?: \(0x[0-9a-f]+\))?$", output_of("ldd", str(library)), re.M):
        if place == "not found":
            sys.exit(f"{library} needs {name}, and it is not found here")
        found[name] = Path(place)
    return found


def needed(library: Path) -> list[str]:
    return re.findall(r"\(NEEDED\).*\[(.+)\]", output_of("readelf", "-d", str(library)))


def in_load_order(engine: Path) -> dict[str, Path]:
    places = resolved(engine)
    ordered: dict[str, Path] = {}

    def add(name: str, place: Path) -> None:
        if name in ordered:
            return
        for other in needed(place):
            if not OF_THE_SYSTEM.fullmatch(other):
                add(other, places[other])
        ordered[name] = place

    add(engine.name, engine)
    return ordered


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    engine, folder = Path(sys.argv[1]), Path(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lines = []
    for name, place in in_load_order(engine).items():
        shutil.copyfile(place, folder / name)
        if name == engine.name:
            # Four fifths of it is for debuggers, and each job's class loader would unpack and check it. Names stay.
            subprocess.run(["strip", "--strip-debug", folder / name], check=True)
        lines.append(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n")
    (folder / "manifest").write_text("".join(lines))


main()
