"""The rehearsal of docs/how-to/move-to-the-cloud.md runs as it is printed; only the port is the test's own."""

import os
import pathlib
import re
import subprocess

from conftest import CALVE, ROOT, clean_environment

PAGE = ROOT / "docs/how-to/move-to-the-cloud.md"
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
PORT = 5156


def test_the_rehearsal(tmp_path):
    (block,) = BLOCKS
    environment = clean_environment(
        CALVE_STATE=str(tmp_path / "state"), CALVE_DATA_DIR=str(tmp_path / "data"), GLUE_PORT=str(PORT),
        PATH=f"{pathlib.Path(CALVE).parent}:{os.environ['PATH']}",
    )  # fmt: skip
    try:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block], cwd=ROOT, env=environment, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "1,000 of 1,000" in done.stdout
    finally:
        subprocess.run([ROOT / "deploy/local/glue.sh", "kill"], env=environment, check=True)
