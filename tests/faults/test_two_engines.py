"""Two engines on the same events: by a group that shares them, by a stopped one that wakes up, by mistake."""

import time

from conftest import free_port
from health import wait_for_health

SESSION_SECONDS = 6  # KAFKA_SESSION_TIMEOUT_MS of the pipeline


def test_b14_zombie_of_a_group_commits_nothing_twice(on_kafka):
    """B14: a rebalance leaves two live writers. The table's own commit fences, no leader is asked."""
    with on_kafka.load(5_000) as load:
        zombie = on_kafka.start()
        heir = on_kafka.start()
        time.sleep(8)
        zombie.pause()
        time.sleep(SESSION_SECONDS + 6)  # the group gives its partitions to the heir, who commits them
        zombie.resume()
        time.sleep(6)
    assert zombie.is_alive(), zombie.text()
    assert heir.is_alive(), heir.text()
    assert zombie.stop() == 0, zombie.text()
    assert heir.stop() == 0, heir.text()
    on_kafka.run_to_end()
    assert on_kafka.assert_exactly_once(load.report["delivered"])["records"] > 50_000


def test_two_engines_on_one_log_by_mistake(on_folder):
    """Both read every event; each epoch is committed by one of them, and the other says so."""
    ports = [free_port(), free_port()]
    with on_folder.load(5_000) as load:
        first, second = (on_folder.start(CALVE_HTTP_LISTEN=f"127.0.0.1:{port}") for port in ports)
        time.sleep(6)
    for engine, port in zip((first, second), ports):
        if engine.is_alive():
            # Also the one that lost the last race: its events are in the table.
            wait_for_health(port, 200, seconds=10)
            assert engine.stop() == 0, engine.text()
        else:
            assert engine.wait() == 7, engine.text()
    assert "Another writer moved the table on" in first.text() + second.text()
    on_folder.run_to_end()
    assert on_folder.assert_exactly_once(load.report["delivered"])["records"] > 10_000
