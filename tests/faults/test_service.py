"""The engine as a service: it stops when told, is silent when idle, and refuses a broken stream."""

import pathlib
import socket
import time
import urllib.request

from conftest import free_port


def snapshots(pipeline):
    return len(list((pathlib.Path(pipeline.table()) / "metadata").glob("v*.metadata.json")))


def test_sigterm_under_load_ends_with_the_last_commit(on_folder):
    with on_folder.load(20_000) as load:
        engine = on_folder.start(CALVE_COMMIT_INTERVAL="1h")  # only the stop commits
        time.sleep(2)
        assert engine.stop() == 0, engine.text()
    assert on_folder.command("verify").stdout.splitlines()[-1].startswith("exactly once: ")
    on_folder.run_to_end()
    assert on_folder.assert_exactly_once(load.report["delivered"])["records"] > 10_000


def test_sigterm_before_kafka_answers_ends_without_a_failure(on_kafka):
    on_kafka.produce(1_000)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        engine = on_kafka.start(KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{deaf.getsockname()[1]}")
        deaf.settimeout(30)
        with deaf.accept()[0]:  # it has begun to connect, and waits for an answer
            assert engine.stop(timeout=8) == 0, engine.text()  # by itself it gives up after 10 s, with 5
    on_kafka.run_to_end()
    on_kafka.assert_exactly_once(1_000)


def test_idle_stream_commits_nothing(on_folder):
    on_folder.produce(1_000)
    engine = on_folder.start()
    time.sleep(2)
    before = snapshots(on_folder)
    time.sleep(3)
    assert snapshots(on_folder) == before
    assert engine.stop() == 0
    assert snapshots(on_folder) == before


def test_circuit_breaker_stops_before_offsets_move(on_folder):
    on_folder.produce(5_000, "--invalid", "100%")
    done = on_folder.command("run", "--until-end", check=False)
    assert done.returncode == 6, done.stderr
    assert "CALVE_REJECTS_MAX_SHARE" in done.stderr, "the message names the setting"
    assert snapshots(on_folder) == 1, "the table is as it was made"
    on_folder.environment["CALVE_REJECTS_MAX_SHARE"] = "100%"
    on_folder.run_to_end()
    on_folder.assert_exactly_once(5_000)


def test_metrics_are_served(on_folder):
    port = free_port()
    on_folder.produce(1_000)
    engine = on_folder.start(CALVE_HTTP_LISTEN=f"127.0.0.1:{port}")
    time.sleep(2)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    assert 'calve_events_committed_total{pipeline="orders",verdict="rejected"}' in text
    assert 'calve_freshness_seconds_count{pipeline="orders",since="source"} 1000' in text
    assert engine.stop() == 0


def journals(pipeline):
    return list((pathlib.Path(pipeline.table()) / "metadata").glob("calve-journal-*"))


def test_a_scheduled_run_to_the_end_cleans_up_after_a_killed_one(on_folder):
    on_folder.produce(5_000)
    assert on_folder.start("--until-end", CALVE_CRASH_AT="after_data_files:1").wait() == -9
    assert journals(on_folder)
    on_folder.run_to_end(CALVE_COMMIT_INTERVAL="1h")  # its last commit is its only one
    assert not journals(on_folder)
    on_folder.assert_exactly_once(5_000)


def test_verify_counts_what_is_not_read_yet(on_folder):
    on_folder.produce(1_000)
    on_folder.run_to_end()
    on_folder.produce(500)
    assert on_folder.assert_exactly_once()["not_read_yet"] == 500
    assert "500 events after the table's position are not read yet\n" in on_folder.command("verify").stdout


def test_a_file_log_that_lost_a_partition_stops_every_command(on_folder):
    on_folder.produce(1_000)
    on_folder.run_to_end()
    log = on_folder.folder / "data" / on_folder.topic
    max(log.glob("*.ndjson")).unlink()
    for command in (("run", "--until-end"), ("verify",), ("doctor",)):
        done = on_folder.command(*command, check=False)
        assert done.returncode == 8, f"{command}: {done.stdout}{done.stderr}"


def test_who_only_looks_makes_no_file_log(on_folder):
    on_folder.produce(1_000)
    on_folder.run_to_end()
    on_folder.environment["KAFKA_TOPIC"] = "another"
    assert on_folder.command("verify", check=False).returncode != 0
    on_folder.command("doctor", check=False)
    assert not (on_folder.folder / "data" / "another").exists()
