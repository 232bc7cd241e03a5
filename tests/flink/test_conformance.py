"""docs/reference/conformance.md names a test of ours for each case of Iceberg's, or why there is none."""

import re

import pytest
from cluster import ROOT

PAGE = ROOT / "docs/reference/conformance.md"
ROWS = [
    [cell.strip() for cell in line.strip("| \n").split(" | ", 1)]
    for line in PAGE.read_text().splitlines() if line.startswith("| ") and not line.startswith(("| case", "| ---"))
]
TESTS = sorted(set(re.findall(r"\[(\w+)\]\((\S+?)\)", PAGE.read_text())))
# How a test of that name is written down.
DECLARED = {
    ".py": r"^def {}\(",
    ".cc": r"^TEST(?:_F|_P)?\(\w+, {}\)",
    ".java": r"^(?:class {0} |  void {0}\()",
}


def declares(text: str, suffix: str, name: str) -> bool:
    return re.search(DECLARED[suffix].format(name), text, re.MULTILINE) is not None


@pytest.mark.parametrize("name, place", TESTS)
def test_the_named_test_exists(name, place):
    file = (PAGE.parent / place).resolve()
    assert declares(file.read_text(), file.suffix, name), f"{place} has no {name}"


def test_a_test_that_is_not_there_is_found_out():
    for suffix, text in {".py": "def test_b():", ".cc": "TEST_F(A, AB) {", ".java": "  void ab() {"}.items():
        for name in ("test_a", "A", "a", "b", "B"):
            assert not declares(text, suffix, name)


@pytest.mark.parametrize("case, answer", ROWS)
def test_each_case_has_an_answer(case, answer):
    assert re.search(r"\[\w+\]\(", answer) or answer.startswith("does not apply: "), case


def test_the_page_is_read():
    assert len(ROWS) >= 40 and len(TESTS) >= 30
