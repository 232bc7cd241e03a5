"""librdkafka reads the topic and nothing is done with it: what no client of it can undercut."""

from accounting import run_to_end
from system import Reading
from workload import Workload


class Limit:
    name = "librdkafka alone (the limit)"
    warmth = "cold"
    note = "consumes the topic and does nothing"

    def __init__(self, workload: Workload) -> None:
        self.workload = workload

    def start(self) -> None:
        pass

    def read_topic(self, run: int) -> Reading:
        workload = self.workload
        command = [str(workload.consume_limit), workload.brokers, workload.topic, str(workload.events)]
        return Reading(run_to_end(command, {}, workload.folder / f"limit-{run}.log"), None)

    def stop(self) -> None:
        pass
