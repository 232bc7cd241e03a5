"""Shell blocks run as they are printed, those of README.md but the demo's and those of a how-to; only the ports are the
test's own."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def blocks_of(page):
    return re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)


BLOCKS = blocks_of("README.md")


def run_block(block, pipeline):
    calve_folder = pathlib.Path(pipeline.calve).parent
    environment = {k: v for k, v in pipeline.environment.items() if not k.startswith(("KAFKA_", "ICEBERG_", "AWS_"))}
    environment |= {"PATH": f"{calve_folder}:{environment['PATH']}"}
    del environment["CALVE_DATA_DIR"]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block], cwd=pipeline.folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_readme_has_the_blocks_that_are_run_here():
    assert len(BLOCKS) == 3
    assert BLOCKS[0].strip() == "./dev demo"


def test_readme_three_commands(on_folder):
    assert "paid" in run_block(BLOCKS[1], on_folder)


def test_readme_against_a_broker_and_s3(on_services, kafka, s3):
    kafka("topic", "orders.created.v1", "4")
    s3("bucket", "lake")
    block = BLOCKS[2].replace("localhost:9092", kafka.address).replace("http://localhost:4566", s3.endpoint)
    assert block != BLOCKS[2], "the block names the default ports"
    assert "exactly once: 100,000 of 100,000" in run_block(block, on_services)


def test_how_to_stream_your_own_topic(on_folder):
    blocks = blocks_of("docs/how-to/your-own-topic.md")
    assert len(blocks) == 3
    out = run_block("\n".join(blocks), on_folder)
    assert "exactly once: 3 of 3 events accounted for (2 orders, 1 rejects)" in out
    assert re.search(r"missing_field +/seen_at", out)
