#!/usr/bin/env python3
"""Holds README.md against the result files that it quotes.

A quotation stands between `<!-- bench/results/FILE.json -->` and `<!-- end -->`, and is made from the file
alone. Without an argument: fails if one differs. With --write: writes them.
"""

import re
import sys
from pathlib import Path
from typing import Any

import markdown
import picture
import results

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
QUOTATION = re.compile(r"(<!-- (bench/results/\S+\.json) -->\n)(.*?)(<!-- end -->\n)", re.DOTALL)


def quote(file: str) -> str:
    result: dict[str, Any] = results.load(ROOT / file)
    if "readings" in result:
        return f"{markdown.freshness(result)}\n{markdown.freshness_circumstances(result)}\n"
    drawing = file.removesuffix(".json") + ".svg"
    return (f"![CPU-seconds per million events, by system]({drawing})\n\n"
            f"{markdown.table(result)}\n{markdown.circumstances(result)}\n")


def check_picture(file: str) -> list[str]:
    result = results.load(ROOT / file)
    if "readings" in result or (ROOT / file).with_suffix(".svg").read_text() == picture.draw(result):
        return []
    return [f"the picture of {file} is not what picture.py draws of it"]


def main() -> None:
    text = README.read_text()
    made = QUOTATION.sub(lambda found: found[1] + quote(found[2]) + found[4], text)
    files = [found[2] for found in QUOTATION.finditer(text)]
    if "--write" in sys.argv[1:]:
        README.write_text(made)
        for file in files:
            result = results.load(ROOT / file)
            if "readings" not in result:
                (ROOT / file).with_suffix(".svg").write_text(picture.draw(result))
        return
    complaints = [f"README.md does not say what {file} holds"
                  for found, file in zip(QUOTATION.finditer(text), files, strict=True) if found[3] != quote(file)]
    complaints += [complaint for file in files for complaint in check_picture(file)]
    if not files:
        complaints.append("README.md quotes no result file")
    if complaints:
        sys.exit("\n".join([*complaints, "run: bench/readme_table.py --write"]))


main()
