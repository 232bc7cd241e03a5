#!/usr/bin/env python3
"""Reads one topic by Calve and by what one would take instead, in turns, and says what each of them costs."""

import argparse
import datetime
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import judge
import machine
import markdown
import picture
import results
from calve_flink import CalveFlink
from calve_native import CalveNative
from flink_sql import FlinkSql
from kafka_connect import KafkaConnect
from limit import Limit
from python_peer import PythonPeer
from system import System
from workload import PARTITIONS, ROOT, Workload, fill_topic, service

SYSTEMS = {"limit": Limit, "calve": CalveNative, "calve-flink": CalveFlink, "flink-sql": FlinkSql,
           "connect": KafkaConnect, "python": PythonPeer}
KAFKA_VERSION = "3.5.2"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000, metavar="N")
    parser.add_argument("--compression", choices=("lz4", "zstd", "none"), default="lz4")
    parser.add_argument("--repeat", type=int, default=2, metavar="N", help="how often each of them reads the topic")
    parser.add_argument("--systems", default=",".join(SYSTEMS), metavar="A,B", help=f"of {', '.join(SYSTEMS)}")
    parser.add_argument("--name", default="try", help="the result is bench/results/DATE-NAME.json and .svg")
    arguments = parser.parse_args()
    arguments.systems = arguments.systems.split(",")
    for name in arguments.systems:
        if name not in SYSTEMS:
            parser.error(f"no system {name}; there are {', '.join(SYSTEMS)}")
    if "calve" not in arguments.systems:
        parser.error("--systems must have calve: the others are compared with it")
    return arguments


def make_workload(arguments: argparse.Namespace, folder: Path) -> Workload:
    jar = os.environ.get("BENCH_FLINK_JAR")
    return Workload(
        brokers=f"127.0.0.1:{os.environ['KAFKA_PORT']}", topic="orders.bench", events=arguments.events,
        compression=arguments.compression, folder=folder, cache=Path(os.environ["CALVE_CACHE"]),
        calve=Path(os.environ["CALVE_BIN"]), consume_limit=Path(os.environ["BENCH_CONSUME_LIMIT"]),
        flink_jar=Path(jar) if jar else None,
    )


def measure(systems: list[System], workload: Workload, repeat: int, expected: judge.Content) -> list[dict[str, Any]]:
    """In turns, so that what else the machine does falls on all of them."""
    readings: dict[str, list[dict[str, float | int]]] = {system.name: [] for system in systems}
    for run in range(1, repeat + 1):
        for system in systems:
            load = os.getloadavg()[0]
            reading = system.read_topic(run)
            if reading.table:
                judge.check(system.name, reading.table, expected)
            readings[system.name].append(results.to_json(reading) | {"load_before": round(load, 2)})
            print(f"{system.name}: {reading.cost.seconds:.1f} s, "
                  f"{reading.cost.cpu_seconds / workload.events * 1e6:.2f} CPU-s per million, "
                  f"{reading.cost.peak_mib:.0f} MiB", flush=True)
    return [results.entry_of(system, readings[system.name]) for system in systems]


def main() -> None:
    arguments = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # with everything that it started
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="calve-bench-")))
        os.environ["CALVE_STATE"] = str(folder / "services")
        workload = make_workload(arguments, folder)
        stack.callback(service, "kafka.sh", "kill")
        service("kafka.sh", "start")
        fill_topic(workload)
        expected, size = judge.content_of_topic(workload.brokers, workload.topic, folder)
        systems: list[System] = []
        for name in arguments.systems:
            system = SYSTEMS[name](workload)
            stack.callback(system.stop)
            system.start()
            systems.append(system)
        entries = measure(systems, workload, arguments.repeat, expected)

    result = {
        "date": datetime.date.today().isoformat(),
        "machine": machine.describe(),
        "repeat": arguments.repeat,
        "workload": {"events": workload.events, "bytes_per_event": round(size / workload.events),
                     "partitions": PARTITIONS, "compression": workload.compression, "kafka": KAFKA_VERSION},
        "content": asdict(expected),
        "systems": entries,
    }
    target = ROOT / "bench/results" / f"{result['date']}-{arguments.name}.json"
    target.parent.mkdir(exist_ok=True)
    results.save(result, target)
    target.with_suffix(".svg").write_text(picture.draw(result))
    print(f"\n{markdown.table(result)}\n{markdown.circumstances(result)}\n\n{target.relative_to(ROOT)}")


main()
