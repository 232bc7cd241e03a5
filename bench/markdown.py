"""A result file's tables, for a README."""

from typing import Any

from results import Figures, figures

HEAD = ("| system | CPU-s per million events | to Calve | to the limit | events/s | peak MiB | table MB | files | commits |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")


def number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def line(one: Figures, calve: Figures, limit: Figures | None) -> str:
    cost = one.cpu_seconds_per_million
    cells = [f"{one.name}, {one.warmth}", f"{cost:.2f}", f"{cost / calve.cpu_seconds_per_million:.1f}x",
             f"{cost / limit.cpu_seconds_per_million:.1f}x" if limit else "", number(round(one.events_per_second, -3)),
             number(one.peak_mib), number(one.table_mb), number(one.data_files), number(one.commits)]
    return "| " + " | ".join(cells) + " |\n"


def table(result: dict[str, Any]) -> str:
    found = figures(result)
    [calve] = [one for one in found if one.name == "Calve"]
    limit = next((one for one in found if "limit" in one.name), None)
    return HEAD + "".join(line(one, calve, limit) for one in found)


def machine_of(result: dict[str, Any]) -> str:
    machine = result["machine"]
    return f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}"


def circumstances(result: dict[str, Any]) -> str:
    workload = result["workload"]
    loads = [reading["load_before"] for entry in result["systems"] for reading in entry["readings"]]
    return (f"{workload['events']:,} orders of {workload['bytes_per_event']} bytes, {workload['compression']}, "
            f"{workload['partitions']} partitions, Kafka {workload['kafka']} on the same machine, tables on its disk; "
            f"{machine_of(result)}; {result['date']}, medians of {result['repeat']}; the machine's load average "
            f"was {min(loads):.0f} to {max(loads):.0f}, which wall clock times feel.")


def freshness(result: dict[str, Any]) -> str:
    lines = ["| warehouse | events/s | p50 | p99 | p99.9 | largest |\n| --- | --- | --- | --- | --- | --- |\n"]
    for one in result["readings"]:
        times = (f"{one[field] / 1000:.2f} s" for field in ("p50_ms", "p99_ms", "p999_ms", "max_ms"))
        lines.append(f"| {one['store']} | {one['rate']:,} | {' | '.join(times)} |\n")
    return "".join(lines)


def freshness_circumstances(result: dict[str, Any]) -> str:
    seconds, interval = result["readings"][0]["seconds"], result["commit_interval"]
    return (f"From the broker's append to the first sight of the table's version that holds the event; {seconds} s at "
            f"each pace, a commit each {interval}; producer, broker and engine on {machine_of(result)}; {result['date']}.")
