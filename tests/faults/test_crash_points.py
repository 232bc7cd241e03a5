"""The engine is killed by SIGKILL at each named point of a commit, once early and once later."""

import pathlib
import re
import time

import accounting
import pytest

HEADER = pathlib.Path(__file__).resolve().parents[2] / "src/calve/base/crash_point.cc"
POINTS = re.findall(r'return "(after_\w+|before_\w+)";', HEADER.read_text())
EVENTS = 20_000

assert len(POINTS) >= 12, "the crash points are read from base/crash_point.cc"


def crash_and_recover(pipeline, point, passings):
    pipeline.produce(EVENTS)
    engine = pipeline.start("--until-end", CALVE_CRASH_AT=f"{point}:{passings}")
    died = engine.wait() == -9
    again = pipeline.run_to_end()
    # A second share of events makes the new engine cover what the dead one held, and clean up after it.
    sent = pipeline.produce(EVENTS // 10)["sent"] + EVENTS
    cleaning = pipeline.start()
    wait_for_clean_up(pipeline, cleaning, sent)
    assert cleaning.stop() == 0, cleaning.text()
    pipeline.assert_exactly_once(sent)
    assert again is not None
    return died


def wait_for_clean_up(pipeline, engine, sent):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and engine.is_alive():
        time.sleep(0.2)
        rows = accounting.open_table(pipeline.table(), pipeline.environment).current_snapshot()
        names = accounting.list_names(pipeline.table() + "/metadata", pipeline.environment)
        journals = [name for name in names if name.startswith("calve-journal-")]
        if rows is not None and not journals and pipeline.committed_events() >= sent:
            return
    raise AssertionError(f"journals of the dead engine are still open:\n{engine.text()}")


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_point_on_a_folder(on_folder, point):
    assert crash_and_recover(on_folder, point, passings=1), "the engine did not pass the point"


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_point_on_kafka_and_s3(on_services, point):
    assert crash_and_recover(on_services, point, passings=1), "the engine did not pass the point"
    if point == POINTS[0]:
        on_services.assert_judges_agree()


def test_judges_agree_after_a_crash(on_folder):
    crash_and_recover(on_folder, "after_swap_sent", passings=2)
    on_folder.assert_judges_agree()
    on_folder.assert_judges_agree("orders_rejected")
