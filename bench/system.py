"""One system under test, as the benchmark sees it."""

from dataclasses import dataclass
from typing import Protocol

from accounting import Cost
from table import Table


@dataclass(frozen=True)
class Reading:
    cost: Cost
    table: Table | None  # none: the limit writes nothing


class System(Protocol):
    name: str
    warmth: str  # "cold": start-up is in the figures; "warm": a whole job ran before
    note: str  # what its figures mean

    def start(self) -> None:
        """Gets it ready, a discarded job included where it is warm."""

    def read_topic(self, run: int) -> Reading:
        """From the topic's begin to its end, into a new table."""

    def stop(self) -> None:
        """Ends what start() started."""
