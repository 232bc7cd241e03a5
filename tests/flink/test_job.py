"""What the job does when nothing goes wrong."""

import json
import time
import urllib.request
import zipfile

import accounting
import cluster as flink

FORBIDDEN = ("org/apache/hadoop/", "org/apache/iceberg/", "software/amazon/", "com/amazonaws/", "org/apache/parquet/")
METRICS_SECONDS_MAX = 60


def test_streams_the_topic_into_the_tables(cluster, on_services):
    sent = on_services.produce(20_000)["sent"]
    job = cluster.submit(on_services)
    job.wait_for("RUNNING")
    on_services.wait_for_events(sent, job)
    sent += on_services.produce(20_000)["sent"]
    on_services.wait_for_events(sent, job)
    on_services.assert_exactly_once(sent)
    on_services.assert_judges_agree()
    on_services.assert_judges_agree("orders_rejected")


def test_a_checkpoint_without_events_commits_nothing(cluster, on_services):
    sent = on_services.produce(1_000)["sent"]
    job = cluster.submit(on_services)
    on_services.wait_for_events(sent, job)
    snapshot = accounting.snapshot_id(on_services.table(), on_services.environment)
    before = job.checkpoint()
    while job.checkpoint() == before:
        pass
    assert accounting.snapshot_id(on_services.table(), on_services.environment) == snapshot
    assert job.state() == "RUNNING"


def test_one_snapshot_a_checkpoint_whatever_the_parallelism(cluster, on_services):
    sent = on_services.produce(20_000)["sent"]
    job = cluster.submit(on_services, "FLINK_PARALLELISM=4", "FLINK_CHECKPOINT_INTERVAL=5s")
    on_services.wait_for_events(sent, job)
    table = accounting.open_table(on_services.table(), on_services.environment)
    counts = [int(snapshot.summary["added-records"]) for snapshot in table.snapshots()]
    assert sum(counts) == int(table.current_snapshot().summary["total-records"])
    assert len(counts) <= 3, f"the backlog was read within few checkpoints, and became snapshots of {counts}"


def test_without_checkpoints_it_does_not_start(cluster, on_services):
    on_services.produce(10)
    refused = cluster.try_to_submit(on_services, "FLINK_CHECKPOINT_INTERVAL=")
    assert refused.returncode != 0
    assert "FLINK_CHECKPOINT_INTERVAL=10s" in refused.stderr


def test_counts_by_calves_names_in_flinks_metrics(cluster, on_services):
    sent = on_services.produce(5_000)["sent"]
    job = cluster.submit(on_services, "FLINK_PARALLELISM=1")
    on_services.wait_for_events(sent, job)
    # Writer and committer are asked for theirs one after the other.
    shown = wait_for_metrics(
        cluster, job, lambda shown: total(shown, "calve_events_committed_total") == total(shown, "calve_events_read_total") == sent
    )
    assert total(shown, "verdict.valid.calve_events_committed_total") + total(
        shown, "verdict.rejected.calve_events_committed_total"
    ) == sent
    assert total(shown, "calve_rejects_total") == total(shown, "verdict.rejected.calve_events_committed_total") > 0
    assert total(shown, "calve_data_files_total") > 0
    assert total(shown, "calve_freshness_seconds") > 0
    assert any("pendingRecords" in name for name in shown), "the lag of the source is Flink's own"


def test_sets_nothing_where_a_service_governs_flink(governed_cluster, on_services):
    """Managed Flink ends a program that configures Flink: "Not allowed configuration change(s)"."""
    sent = on_services.produce(5_000)["sent"]
    for setting in ("FLINK_CHECKPOINT_INTERVAL=10s", "FLINK_PARALLELISM=2", "FLINK_CHECKPOINT_DIR=file:///tmp/c"):
        refused = governed_cluster.try_to_submit(on_services, setting)
        assert refused.returncode != 0
        assert "CheckpointConfiguration" in refused.stderr
    job = governed_cluster.submit(on_services)
    on_services.wait_for_events(sent, job)
    on_services.assert_exactly_once(sent)
    wait_for_metrics(
        governed_cluster, job, lambda shown: total(shown, "calve_events_committed_total") == sent
    )


def test_the_jar_brings_no_hadoop_no_iceberg_java_no_aws_sdk(cluster):
    names = zipfile.ZipFile(cluster.jar).namelist()
    assert any(name.startswith("io/calve/flink/") for name in names)
    assert not [name for name in names if name.startswith(FORBIDDEN)]


def wait_for_metrics(cluster: flink.Cluster, job: flink.Job, done) -> dict[str, float]:
    """The JobManager asks the TaskManager for them every ten seconds."""
    deadline = time.monotonic() + METRICS_SECONDS_MAX
    while not done(shown := metrics(cluster, job)):
        assert time.monotonic() < deadline, f"the metrics stay at {shown}"
        time.sleep(1)
    return shown


def get(cluster: flink.Cluster, path: str):
    with urllib.request.urlopen(f"http://127.0.0.1:{cluster.environment['FLINK_REST_PORT']}{path}") as answer:
        return json.load(answer)


def metrics(cluster: flink.Cluster, job: flink.Job) -> dict[str, float]:
    shown = {}
    for vertex in get(cluster, f"/jobs/{job.id}")["vertices"]:
        path = f"/jobs/{job.id}/vertices/{vertex['id']}/subtasks/metrics"
        names = [m["id"] for m in get(cluster, path) if "calve_" in m["id"] or "pendingRecords" in m["id"]]
        if names:
            values = get(cluster, f"{path}?get={','.join(names)}&agg=sum")
            shown |= {value["id"]: value["sum"] for value in values}
    return shown


def total(shown: dict[str, float], end: str) -> float:
    return sum(value for name, value in shown.items() if name.endswith(end))
