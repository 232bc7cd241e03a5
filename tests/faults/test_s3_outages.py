"""S3 fails, or is slow, while events keep coming."""

import time

from s3_fault_proxy import Delay

OUTAGE_SECONDS = 60
RATE = 5_000
MEMORY_MIB_MAX = 256  # twice CALVE_MEMORY; the events of the outage alone would be more
ANSWERS = [500, 503, "lose_answer"]


def memory_mib_max(engine):
    for line in open(f"/proc/{engine.process.pid}/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise AssertionError("the engine has ended")


def test_s3_fails_for_a_minute_under_load(behind_proxy, rng):
    """Each request is refused, or applied and its answer lost."""
    engine = behind_proxy.start()
    with behind_proxy.load(RATE) as load:
        behind_proxy.wait_for_events(RATE, engine)
        behind_proxy.proxy.add("*", ".", lambda: rng.choice(ANSWERS), times=1_000_000)
        time.sleep(OUTAGE_SECONDS)
        assert engine.is_alive(), engine.text()
        behind_proxy.proxy.clear()
    behind_proxy.wait_for_events(load.report["delivered"], engine, seconds=60)
    assert memory_mib_max(engine) < MEMORY_MIB_MAX
    assert engine.stop() == 0, engine.text()
    behind_proxy.assert_exactly_once(load.report["delivered"])


def test_slow_s3_under_load(behind_proxy):
    """Each answer is two seconds late, and a commit takes a dozen of them: epochs grow, and do not pile up."""
    engine = behind_proxy.start()
    with behind_proxy.load(RATE) as load:
        behind_proxy.wait_for_events(RATE, engine)
        behind_proxy.proxy.add("*", ".", Delay(2), times=1_000_000)
        time.sleep(1)  # a commit that was under way before is over
        behind_proxy.wait_for_events(behind_proxy.committed_events() + 1, engine, seconds=60)
        behind_proxy.proxy.clear()
    behind_proxy.wait_for_events(load.report["delivered"], engine)
    assert memory_mib_max(engine) < MEMORY_MIB_MAX
    assert engine.stop() == 0, engine.text()
    behind_proxy.assert_exactly_once(load.report["delivered"])
