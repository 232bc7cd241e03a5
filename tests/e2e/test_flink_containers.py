"""The job in the jobmanager and taskmanager containers writes the table that the native engine wrote, and the
native engine carries on after it."""

from local_platform import JAR, ROOT, wait_until

INSIDE = (
    "KAFKA_BOOTSTRAP_SERVERS=kafka:29092", "KAFKA_TOPIC=orders.created.v1", "ICEBERG_WAREHOUSE=s3://lake/warehouse",
    "AWS_ENDPOINT_URL=http://localstack:4566", "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=test",
    "AWS_SECRET_ACCESS_KEY=test", "FLINK_PARALLELISM=2", "FLINK_CHECKPOINT_INTERVAL=2s",
)  # fmt: skip


def flink(platform, *arguments):
    words = " ".join(f"'{word}'" for word in arguments)
    return platform.run(f'FLINK_REST_PORT=8081 "{ROOT}/deploy/local/flink.sh" {words}').strip()


def test_the_job_follows_the_topic_and_nothing_is_lost_when_its_containers_are_killed(containers):
    containers.up("producer")
    job = flink(containers, "submit", str(JAR), *INSIDE)
    containers.wait_for_more_rows(500)

    containers.kill("taskmanager")
    containers.start("taskmanager")
    containers.wait_for_more_rows(500)
    assert flink(containers, "state", job) == "RUNNING"

    containers.stop("producer")
    flink(containers, "cancel", job)
    wait_until(lambda: flink(containers, "state", job) == "CANCELED", 60, "the job's end")
    containers.shell("calve run --until-end")
    containers.check_exactly_once()
