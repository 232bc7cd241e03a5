"""Iceberg's own Java library changes the table between Calve's commits."""

import json
import pathlib
import subprocess

import accounting
import pytest

JUDGE = pathlib.Path(__file__).resolve().parents[1] / "interop/judges/java/judge"
EVENTS = 3_000


def java(verb, *arguments):
    done = subprocess.run([JUDGE, verb, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def count(pipeline, table):
    done = pipeline.command("sql", "--output", "json", f"select count(*) as n from {table}")
    return json.loads(done.stdout)[0]["n"]


def test_calve_carries_on_over_a_java_append(on_folder):
    valid = on_folder.produce(EVENTS)["valid"]
    on_folder.run_to_end()
    java("append", on_folder.table(), "100")
    valid += on_folder.produce(EVENTS)["valid"]
    on_folder.run_to_end()
    assert count(on_folder, "orders") == valid + 100
    java("validate", on_folder.table())
    on_folder.assert_judges_agree()


def test_the_position_survives_java_compaction_and_expiry(on_folder):
    on_folder.produce(EVENTS)
    on_folder.run_to_end()
    on_folder.produce(EVENTS)
    on_folder.run_to_end()
    java("compact", on_folder.table())
    java("expire", on_folder.table())
    on_folder.produce(EVENTS)
    on_folder.run_to_end()
    assert count(on_folder, "orders") + count(on_folder, "rejects") == 3 * EVENTS
    java("validate", on_folder.table())


@pytest.mark.parametrize("names", [("orders",), ("orders", "orders_rejected")], ids=["orders", "both"])
def test_a_rollback_is_a_replay(on_folder, names):
    """What the table lost by it is read again; rejects that their own table still has are not doubled."""
    on_folder.produce(EVENTS)
    on_folder.run_to_end()
    before = {name: accounting.snapshot_id(on_folder.table(name), on_folder.environment) for name in names}
    on_folder.produce(EVENTS)
    on_folder.run_to_end()
    for name in names:
        java("rollback", on_folder.table(name), str(before[name]))
    on_folder.run_to_end()
    on_folder.assert_exactly_once(2 * EVENTS)
    java("validate", on_folder.table())
    on_folder.assert_judges_agree()


def test_a_rollback_under_a_running_engine(on_folder):
    """Its next commit no longer fits, and it reads again from where the table is."""
    on_folder.produce(EVENTS)
    engine = on_folder.start()
    on_folder.wait_for_events(EVENTS, engine)
    before = accounting.snapshot_id(on_folder.table(), on_folder.environment)
    on_folder.produce(EVENTS)
    on_folder.wait_for_events(2 * EVENTS, engine)
    java("rollback", on_folder.table(), str(before))
    on_folder.produce(EVENTS)
    on_folder.wait_for_events(3 * EVENTS, engine)
    assert engine.stop() == 0, engine.text()
    on_folder.assert_exactly_once(3 * EVENTS)
    java("validate", on_folder.table())
