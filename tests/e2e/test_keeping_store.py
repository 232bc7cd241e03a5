"""An S3 server that keeps its objects stands in LocalStack's place; everything is killed under load."""


def test_all_are_killed_under_load_and_nothing_is_lost(containers_that_keep):
    platform = containers_that_keep
    platform.up("producer", "engine")
    for service in ("localstack", "engine", "kafka", "producer", "localstack"):
        platform.wait_for_more_rows(300)
        platform.kill(service)
        platform.start(service)
    platform.wait_for_more_rows(300)
    platform.stop("producer")
    platform.stop("engine")
    platform.shell("calve run --until-end")
    platform.check_exactly_once()
