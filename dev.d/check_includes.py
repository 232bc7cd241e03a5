#!/usr/bin/env python3
"""Holds each include of a folder of ours against the folders its CMake target declares, and those against
the direction of the design: an arrow means "may include", and nothing points back.

    cli, java -> config -> runtime, produce -> source, contract, datafile, commit -> kafka, catalog -> batch, iceberg,
    storage -> base
"""

import pathlib
import re
import sys

LAYERS = [
    {"base"},
    {"batch", "iceberg", "storage"},
    {"kafka", "catalog"},
    {"source", "contract", "datafile", "commit"},
    {"runtime", "produce"},
    {"config"},
    {"cli", "java"},
]
LAYER_OF = {folder: level for level, folders in enumerate(LAYERS) for folder in folders}

ROOT = pathlib.Path(__file__).resolve().parents[1]
CODE = ROOT / "src" / "calve"


def declared_folders(folder: pathlib.Path) -> set[str]:
    text = (folder / "CMakeLists.txt").read_text()
    library = re.search(r"calve_(?:library|program)\(([^)]*)\)", text)
    if not library:
        return set()
    words = re.sub(r"#.*", "", library.group(1)).split()
    folders, taking = set(), False
    for word in words:
        if word in ("SOURCES", "LIBRARIES"):
            taking = False
        elif word == "FOLDERS":
            taking = True
        elif taking:
            folders.add(word)
    return folders


def main() -> int:
    complaints = []
    for folder in sorted(path for path in CODE.iterdir() if (path / "CMakeLists.txt").exists()):
        name = folder.name
        if name not in LAYER_OF:
            complaints.append(f"{folder}: the design names no folder {name}")
            continue
        declared = declared_folders(folder)
        for other in sorted(declared):
            if LAYER_OF.get(other, 99) >= LAYER_OF[name]:
                complaints.append(f"{folder}/CMakeLists.txt: {name} may not depend on {other}")
        for source in sorted([*folder.glob("*.cc"), *folder.glob("*.h")]):
            # Tests, benches and fuzzers may look wider, but never upwards.
            is_product = not re.search(r"_(test|bench|fuzz)\.cc$|_under_test\.(cc|h)$", source.name)
            for number, line in enumerate(source.read_text().splitlines(), 1):
                included = re.match(r'\s*#include "calve/([a-z_]+)/', line)
                if not included or included.group(1) == name:
                    continue
                other = included.group(1)
                if LAYER_OF.get(other, 99) >= LAYER_OF[name]:
                    complaints.append(f"{source}:{number}: {name} may not include {other}")
                elif is_product and other not in declared:
                    complaints.append(f"{source}:{number}: {name} includes {other} but its FOLDERS do not say so")
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
