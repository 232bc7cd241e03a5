"""Known field bugs of file-system catalogs, by their numbers in the field list."""

import pathlib

import pytest

from conftest import Service, free_port

EVENTS = 5_000


def hint(pipeline, table="orders"):
    return pathlib.Path(pipeline.table(table)) / "metadata/version-hint.text"


@pytest.mark.parametrize("content", ["missing", "1", "", "garbage\n", "999999", "9" * 400])
def test_b2_hint_is_only_a_hint(on_folder, content):
    """B2: a crash between vN and the hint makes every later write fail for ever."""
    on_folder.produce(EVENTS)
    on_folder.run_to_end()
    if content == "missing":
        hint(on_folder).unlink()
    else:
        hint(on_folder).write_text(content)
    on_folder.produce(EVENTS)
    on_folder.run_to_end()
    on_folder.assert_exactly_once(2 * EVENTS)


def test_b3_stale_hint_and_clean_up_delete_nothing_live(on_folder):
    """B3: a clean-up rooted at a stale hint deletes the data of a snapshot that was acknowledged."""
    on_folder.produce(EVENTS)
    assert on_folder.start("--until-end", CALVE_CRASH_AT="after_swap_applied").wait() == -9
    on_folder.run_to_end()
    on_folder.produce(EVENTS)
    assert on_folder.start("--until-end", CALVE_CRASH_AT="after_data_files").wait() == -9
    hint(on_folder).write_text("1")
    on_folder.produce(EVENTS)
    on_folder.run_to_end()
    on_folder.assert_exactly_once(3 * EVENTS)


def test_b13_crash_after_the_commit_refers_to_no_file_twice(on_folder):
    """B13: a crash after the table commit and before anything else knows of it."""
    on_folder.produce(EVENTS)
    assert on_folder.start("--until-end", CALVE_CRASH_AT="after_orders_commit").wait() == -9
    on_folder.run_to_end()
    on_folder.assert_exactly_once(EVENTS)


def test_b11_sixteen_processes_on_one_table_lose_nothing(on_folder):
    """B11: two processes on a HadoopTable lose a tenth of the rows. Here each has its own topic."""
    processes = 16
    engines = []
    for number in range(processes):
        own = {"KAFKA_TOPIC": f"{on_folder.topic}-{number}", "CALVE_PIPELINE": f"p{number}"}
        on_folder.command("produce", "--count", "2000", "--partitions", "1", **own)
        engines.append(on_folder.start("--until-end", CALVE_COMMIT_INTERVAL="20ms", CALVE_WORKERS="1", **own))
    for engine in engines:
        assert engine.wait() == 0, engine.text()
    done = on_folder.command("sql", "--output", "csv", "select count(*) from orders")
    assert done.stdout.splitlines()[-1] == str(processes * 2000)


def test_b4_store_without_create_if_absent_is_refused(on_folder, tmp_path):
    """B4: a store that ignores the condition acknowledges two writers. LocalStack 3.0.2 is one."""
    port = free_port()
    store = Service(
        "localstack.sh", CALVE_STATE=str(tmp_path / "state"), LOCALSTACK_PORT=str(port), LOCALSTACK_VERSION="3.0.2"
    )
    store("start")
    try:
        store.endpoint = f"http://127.0.0.1:{port}"
        on_folder.use_s3(store, bucket="lake")
        on_folder.produce(EVENTS)
        done = on_folder.command("run", "--until-end", check=False)
        assert done.returncode == 3, done.stderr
        assert "create-if-absent" in done.stderr
        print(done.stderr)
    finally:
        store("stop")
