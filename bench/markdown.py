"""The table of a result file, for a README."""

from typing import Any

from results import Figures, figures

HEAD = ("| system | CPU-s per million events | to Calve | to the limit | events/s | peak MiB | table MB | files | commits |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")


def number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def line(one: Figures, calve: Figures, limit: Figures) -> str:
    cost = one.cpu_seconds_per_million
    cells = [f"{one.name}, {one.warmth}", f"{cost:.2f}", f"{cost / calve.cpu_seconds_per_million:.1f}x",
             f"{cost / limit.cpu_seconds_per_million:.1f}x", number(round(one.events_per_second, -3)),
             number(one.peak_mib), number(one.table_mb), number(one.data_files), number(one.commits)]
    return "| " + " | ".join(cells) + " |\n"


def table(result: dict[str, Any]) -> str:
    found = figures(result)
    [calve] = [one for one in found if one.name == "Calve"]
    [limit] = [one for one in found if "limit" in one.name]
    return HEAD + "".join(line(one, calve, limit) for one in found)


def circumstances(result: dict[str, Any]) -> str:
    workload, machine = result["workload"], result["machine"]
    return (f"{workload['events']:,} orders of {workload['bytes_per_event']} bytes, {workload['compression']}, "
            f"{workload['partitions']} partitions, Kafka {workload['kafka']} on the same machine, tables on its disk; "
            f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}; "
            f"{result['date']}, medians of {result['repeat']}.")
