"""Every shell block of the tutorial runs, in order and in one shell, as it is printed; only the ports are the test's own."""

import re

from local_platform import ROOT, UP_SECONDS_MAX, LocalPlatform, free_ports

TUTORIAL = ROOT / "docs/tutorial/first-ten-minutes.md"
BLOCKS = re.findall(r"```sh\n(.*?)```", TUTORIAL.read_text(), re.DOTALL)


def test_first_ten_minutes(tmp_path):
    assert BLOCKS[0].startswith("./dev up") and BLOCKS[-1].startswith("./dev down")
    platform = LocalPlatform("processes", tmp_path, DEV_PLATFORM="processes", **free_ports())
    try:
        printed = platform.run("\n".join(BLOCKS), timeout=UP_SECONDS_MAX)
    finally:
        platform.dev("down", "--data")
    assert "paid" in printed
    assert printed.count("exactly once") == 2
