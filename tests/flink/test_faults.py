"""What breaks around the job, and what must hold: each event once."""

import time

import pytest


@pytest.mark.parametrize("point", [
    "after_data_files", "before_swap", "after_swap_sent", "after_swap_applied", "after_rejects_commit",
    "after_orders_commit",
])
def test_taskmanager_dies_at_a_point_of_a_commit(cluster, on_services, point):
    sent = on_services.produce(5_000)["sent"]
    job = cluster.submit(on_services)
    on_services.wait_for_events(sent, job)
    cluster.ask("kill-taskmanager")
    cluster.ask("start-taskmanager", CALVE_CRASH_AT=point)
    sent += on_services.produce(5_000)["sent"]
    cluster.wait_for_the_taskmanagers_death()
    cluster.ask("start-taskmanager")
    on_services.wait_for_events(sent, job, seconds=90)
    on_services.assert_exactly_once(sent)


def test_taskmanager_killed(cluster, on_services, rng):
    sent = on_services.produce(20_000)["sent"]
    job = cluster.submit(on_services)
    for _ in range(3):
        job.wait_for("RUNNING")
        time.sleep(rng.uniform(0.5, 3))
        cluster.ask("kill-taskmanager")
        sent += on_services.produce(10_000)["sent"]
        cluster.ask("start-taskmanager")
    on_services.wait_for_events(sent, job, seconds=90)
    on_services.assert_exactly_once(sent)
    on_services.assert_judges_agree()


def test_native_code_crashes(cluster, on_services):
    sent = on_services.produce(20_000)["sent"]
    job = cluster.submit(on_services)
    job.wait_for("RUNNING")
    job.checkpoint()
    cluster.crash_taskmanager()
    assert "SIGSEGV" in cluster.log("taskmanager")
    sent += on_services.produce(10_000)["sent"]
    cluster.ask("start-taskmanager")
    on_services.wait_for_events(sent, job, seconds=90)
    on_services.assert_exactly_once(sent)


def test_jobmanager_killed_and_the_job_restored_from_its_last_checkpoint(cluster, on_services):
    sent = on_services.produce(20_000)["sent"]
    job = cluster.submit(on_services)
    with on_services.load(2_000) as load:
        job.wait_for("RUNNING")
        checkpoint = job.checkpoint()
        cluster.ask("kill-jobmanager")
        cluster.ask("start")
        job = cluster.submit(on_services, restore=checkpoint)
        job.wait_for("RUNNING")
        time.sleep(2)
    sent += load.report["delivered"]
    on_services.wait_for_events(sent, job, seconds=90)
    on_services.assert_exactly_once(sent)
    on_services.assert_judges_agree()


def test_jobmanager_killed_and_the_job_started_anew_from_the_table(cluster, on_services):
    sent = on_services.produce(20_000)["sent"]
    job = cluster.submit(on_services)
    job.wait_for("RUNNING")
    job.checkpoint()
    cluster.ask("kill-jobmanager")
    cluster.ask("start")
    sent += on_services.produce(5_000)["sent"]
    job = cluster.submit(on_services)
    on_services.wait_for_events(sent, job, seconds=90)
    on_services.assert_exactly_once(sent)


def test_restored_from_a_savepoint_with_another_parallelism(cluster, on_services):
    sent = on_services.produce(20_000)["sent"]
    job = cluster.submit(on_services, "FLINK_PARALLELISM=2")
    job.wait_for("RUNNING")
    for parallelism in (4, 1, 3):
        time.sleep(1)
        savepoint = job.savepoint()
        sent += on_services.produce(5_000)["sent"]
        job = cluster.submit(on_services, f"FLINK_PARALLELISM={parallelism}", restore=savepoint)
        job.wait_for("RUNNING")
    on_services.wait_for_events(sent, job, seconds=60)
    on_services.assert_exactly_once(sent)
    on_services.assert_judges_agree()


def test_restored_from_an_older_savepoint(cluster, on_services):
    sent = on_services.produce(10_000)["sent"]
    job = cluster.submit(on_services)
    on_services.wait_for_events(sent, job)
    old = job.savepoint()
    sent += on_services.produce(10_000)["sent"]
    job = cluster.submit(on_services, restore=old)
    on_services.wait_for_events(sent, job)
    job.cancel()
    sent += on_services.produce(10_000)["sent"]
    job = cluster.submit(on_services, restore=old)  # the table is ahead of it by ten thousand events
    on_services.wait_for_events(sent, job)
    on_services.assert_exactly_once(sent)


def test_the_second_of_two_jobs_on_one_table_is_fenced(cluster, on_services):
    sent = on_services.produce(20_000)["sent"]
    first = cluster.submit(on_services, "FLINK_PARALLELISM=1")
    first.wait_for("RUNNING")
    second = cluster.submit(on_services, "FLINK_PARALLELISM=1")
    jobs = [first, second]
    with on_services.load(2_000) as load:
        deadline = time.monotonic() + 60
        while not (ended := [job for job in jobs if job.state() == "FAILED"]):
            assert time.monotonic() < deadline, "both jobs run"
            time.sleep(0.2)
        time.sleep(3)
    ended = [job for job in jobs if job.state() == "FAILED"]
    assert all("(fenced)" in job.text() for job in ended)
    sent += load.report["delivered"]
    # Each may have moved on a partition under the other: then both end, and one that is started anew goes on.
    remaining = [job for job in jobs if job not in ended] or [cluster.submit(on_services)]
    on_services.wait_for_events(sent, remaining[0], seconds=60)
    on_services.assert_exactly_once(sent)


def test_handed_over_between_the_native_process_and_flink_under_load(cluster, on_services):
    with on_services.load(2_000) as load:
        engine = on_services.start()
        time.sleep(2)
        assert engine.stop() == 0, engine.text()

        job = cluster.submit(on_services)
        job.wait_for("RUNNING")
        job.checkpoint()
        time.sleep(2)
        job.savepoint()

        engine = on_services.start()
        time.sleep(2)
        engine.kill()

        job = cluster.submit(on_services)
        job.wait_for("RUNNING")
        job.checkpoint()
    sent = load.report["delivered"]
    on_services.wait_for_events(sent, job, seconds=60)
    on_services.assert_exactly_once(sent)
    on_services.assert_judges_agree()
