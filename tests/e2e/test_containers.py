"""The whole platform in containers, under the names and ports that README gives."""

import socket
import urllib.request

from local_platform import CONTAINER_ENGINE, TOPIC, wait_until

SERVICES = ("kafka", "localstack", "jobmanager", "taskmanager")


def test_the_host_reaches_each_service(containers):
    for port in (9092, 4566, 8081):
        socket.create_connection(("localhost", port), timeout=5).close()
    with urllib.request.urlopen("http://localhost:8081/overview", timeout=5) as reply:
        assert reply.status == 200
    assert "orders.created.v1" in containers.shell("kcat -L -b localhost:9092 -t orders.created.v1")


def test_services_reach_each_other_by_name(containers):
    assert "flink-network" in containers.containers("network", "ls", "--format", "{{.Name}}").split()
    containers.inside("taskmanager", "curl -fsS http://jobmanager:8081/overview")
    containers.inside("taskmanager", "curl -fsS http://localstack:4566/lake")
    containers.inside("localstack", ": </dev/tcp/kafka/29092; : </dev/tcp/jobmanager/6123")


def test_the_topic_has_its_partitions(containers):
    described = containers.inside("kafka", f"kafka-topics --bootstrap-server kafka:29092 --describe --topic {TOPIC}")
    assert described.count("Leader: 1") == 4


def test_no_service_is_root_and_each_has_a_memory_limit(containers):
    for service in SERVICES:
        assert containers.inside(service, "id -u") != "0", service
        limit = containers.containers("inspect", "--format", "{{.HostConfig.Memory}}", containers.container(service))
        assert int(limit) > 0, service


def test_taskmanager_offers_its_slots(containers):
    wait_until(
        lambda: '"slots-total":2' in containers.inside("jobmanager", "curl -fsS http://localhost:8081/overview"),
        60, "two slots",
    )  # fmt: skip


def test_producer_feeds_kafka_and_engine_writes_the_table(containers):
    containers.up("producer", "engine")
    containers.wait_for_rows(2_000)
    containers.stop("producer")
    containers.shell("calve run --until-end")
    rows, rejects = containers.check_exactly_once()
    assert rows > 2_000
    assert rejects > 0, "the producer breaks some on purpose"
    assert "\n" in containers.shell("calve sql 'select count(*) from orders'")


def test_killed_under_load_and_nothing_is_lost(containers):
    containers.start("producer")
    for service in ("engine", "kafka", "producer", "engine"):
        containers.wait_for_more_rows(300)
        containers.kill(service)
        containers.start(service)
    containers.wait_for_more_rows(300)
    containers.stop("producer")
    containers.stop("engine")
    containers.shell("calve run --until-end")
    containers.check_exactly_once()


def test_localstack_forgets_and_the_engine_fills_the_table_again(containers):
    held = containers.row_count()
    containers.kill("localstack")
    containers.start("localstack")
    wait_until(lambda: is_healthy(containers, "localstack"), 60, "LocalStack with its bucket")
    assert containers.row_count() == 0
    containers.shell("calve run --until-end")
    rows, _ = containers.check_exactly_once()
    assert rows == held


def is_healthy(platform, service):
    check = platform.containers("healthcheck", "run", platform.container(service), check=False)
    return check == "" if CONTAINER_ENGINE == "podman" else False


def test_status_and_logs_name_what_runs(containers):
    status = containers.dev("status")
    for service in SERVICES:
        assert service in status
    assert "Up" in status
    assert "Kafka Server started" in containers.dev("logs", "kafka")
    both = containers.dev("logs", "flink")
    assert "==> jobmanager <==" in both and "==> taskmanager <==" in both
