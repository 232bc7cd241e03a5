#!/usr/bin/env python3
"""Finds each CALVE_TRY that stands in a braced initialiser behind another initialiser: when the macro returns
from there, g++ 12 does not destroy what was built before it. Take its value on a line of its own first.

    return Pair{make_left(), CALVE_TRY(make_right())};  // found: the left part leaks
    return AddSchema{CALVE_TRY(parse_schema(schema))};  // not: nothing was built before
    call({left, [&] -> Result<int> { return CALVE_TRY(right()); }});  // not: it returns from the lambda

It reads tokens and no grammar: a member before it that only has a default initialiser is not seen.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TOKEN = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | R"(?P<fence>[^(]*)\(.*?\)(?P=fence)" | "(?:\\.|[^"\\\n])*"
    | (?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+' | [A-Za-z_]\w* | [0-9][\w.']* | -> | :: | \S | \n""",
    re.DOTALL | re.VERBOSE,
)
NAME = re.compile(r"[A-Za-z_]\w*$")
BEFORE_A_BLOCK = {"else", "do", "try", "const", "noexcept", "override", "mutable", "final"}


def opens_initialiser(before: list[str], inside_initialiser: bool) -> bool:
    """Whether the { after these tokens begins an initialiser, not a block."""
    last = before[-1] if before else ";"
    if last == "{":
        return inside_initialiser
    at = len(before) - 1
    while at > 0 and (NAME.match(before[at]) or before[at] in ("::", "<", ">", ",", "*", "&")):
        at -= 1
    if before[at] == "->" and before[at - 1] in (")", "]", "mutable", "const", "noexcept"):
        return False  # a return type stands before a body
    return last in ("=", ",", "(", ">") or (bool(NAME.match(last)) and last not in BEFORE_A_BLOCK)


def found_in(text: str) -> list[int]:
    lines, line, before = [], 1, []
    open_brackets = []  # [is it an initialiser's, is it a block's, has a comma stood in it]
    for token in (match.group() for match in TOKEN.finditer(text)):
        if token == "CALVE_TRY" and before[-1:] != ["define"]:
            for is_initialiser, is_block, has_comma in reversed(open_brackets):
                if is_block:
                    break
                if is_initialiser and has_comma:
                    lines.append(line)
                    break
        line += token.count("\n")
        if token == "\n" or token.startswith(("//", "/*")):
            continue
        if token in ("(", "["):
            open_brackets.append([False, False, False])
        elif token == "{":
            is_initialiser = opens_initialiser(before, bool(open_brackets) and open_brackets[-1][0])
            open_brackets.append([is_initialiser, not is_initialiser, False])
        elif token in (")", "]", "}") and open_brackets:
            open_brackets.pop()
        elif token == "," and open_brackets:
            open_brackets[-1][2] = True
        before.append(token)
    return lines


def main() -> int:
    names = subprocess.run(["git", "ls-files", "*.cc", "*.h"], cwd=ROOT, check=True, capture_output=True, text=True)
    complaints = [
        f"{name}:{line}: CALVE_TRY behind another initialiser; take its value on a line of its own first"
        for name in names.stdout.split()
        if (ROOT / name).exists()
        for line in found_in((ROOT / name).read_text())
    ]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
