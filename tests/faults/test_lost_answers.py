"""S3 loses answers, refuses, and is away for a while."""

import time

import pytest

from conftest import free_port
from health import wait_for_health

EVENTS = 5_000
SWAP = r"/orders/metadata/v\d+\.metadata\.json"


def test_b1_lost_answer_of_an_applied_swap(behind_proxy):
    """B1: the swap is applied and its answer lost. Read as a lost race, clean-up would delete live files."""
    behind_proxy.produce(EVENTS)
    behind_proxy.run_to_end()
    rule = behind_proxy.proxy.add("PUT", SWAP, "lose_answer")
    behind_proxy.produce(EVENTS)
    behind_proxy.run_to_end()
    assert rule.hits == 1
    behind_proxy.assert_exactly_once(2 * EVENTS)


@pytest.mark.parametrize("status", [409, 412, 500, 503])
def test_swap_is_answered_by(behind_proxy, status):
    """409 and 503: it did not happen. 412: somebody's file, not ours, must be there. 500: unknown."""
    behind_proxy.produce(EVENTS)
    behind_proxy.run_to_end()
    rule = behind_proxy.proxy.add("PUT", SWAP, status)
    behind_proxy.produce(EVENTS)
    behind_proxy.run_to_end()
    assert rule.hits == 1
    behind_proxy.assert_exactly_once(2 * EVENTS)


def test_s3_is_away_for_a_while(behind_proxy):
    port = free_port()
    behind_proxy.produce(EVENTS)
    engine = behind_proxy.start(CALVE_HTTP_LISTEN=f"127.0.0.1:{port}")
    time.sleep(3)
    assert wait_for_health(port, 200, seconds=20) == "ok\n"
    behind_proxy.proxy.add("*", ".", 503, times=1_000_000)
    behind_proxy.produce(EVENTS)
    reason = wait_for_health(port, 503, seconds=30)
    assert "HTTP 503" in reason, "the reason names what stands in the way"
    time.sleep(10)
    assert engine.is_alive(), engine.text()
    behind_proxy.proxy.clear()
    wait_for_health(port, 200, seconds=60)
    assert engine.stop() == 0, engine.text()
    behind_proxy.run_to_end()
    behind_proxy.assert_exactly_once(2 * EVENTS)
