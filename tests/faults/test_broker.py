"""The broker is killed and comes back."""

from conftest import free_port
from health import wait_for_health

EVENTS = 5_000


def kill_and_restart(kafka, port):
    """Returns what the engine said in between."""
    kafka("kill")
    try:
        reason = wait_for_health(port, 503, seconds=20)
    finally:
        kafka("start")
    wait_for_health(port, 200, seconds=30)
    return reason


def test_killed_under_load(on_kafka, kafka):
    """The producer retries what it sent without an answer, so that the log itself holds each event once."""
    port = free_port()
    engine = on_kafka.start(CALVE_HTTP_LISTEN=f"127.0.0.1:{port}")
    with on_kafka.load(5_000) as load:
        on_kafka.wait_for_events(EVENTS, engine)
        assert "broker" in kill_and_restart(kafka, port)
        on_kafka.wait_for_events(on_kafka.committed_events() + EVENTS, engine)
    assert engine.stop() == 0, engine.text()
    assert load.report["delivered"] == load.report["sent"]
    on_kafka.run_to_end()
    on_kafka.assert_exactly_once(load.report["delivered"])


def test_killed_while_idle(on_kafka, kafka):
    """Nothing is committed that could show that all is well again."""
    port = free_port()
    on_kafka.produce(EVENTS)
    engine = on_kafka.start(CALVE_HTTP_LISTEN=f"127.0.0.1:{port}")
    on_kafka.wait_for_events(EVENTS, engine)
    kill_and_restart(kafka, port)
    assert engine.stop() == 0, engine.text()
    on_kafka.assert_exactly_once(EVENTS)
