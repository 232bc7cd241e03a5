#!/usr/bin/env python3
"""The peer that one writes in an afternoon: confluent-kafka, orjson and PyIceberg.

It reads a topic once, checks each order as the stock Flink job does, adds the time and the place it came
from, and appends a batch at a time. It is not exactly once: offsets are nowhere.
"""

import argparse
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from confluent_kafka import Consumer, TopicPartition
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.io.pyarrow import schema_to_pyarrow

import order_table

APPEND_ROWS = 250_000
POLL_RECORDS = 10_000
POLL_SECONDS = 30
STATUSES = frozenset(("pending", "authorized", "paid", "on_hold"))
MONEY_FIELDS = ("subtotal", "discount", "shipping", "tax", "total")
REQUIRED_FIELDS = ("order_id", "customer_id", "email", "created_at", "status", "channel", "payment_method",
                   "currency", "items", "shipping_address", *MONEY_FIELDS)


def is_valid(order: dict[str, Any]) -> bool:
    if any(order.get(name) is None for name in REQUIRED_FIELDS):
        return False
    cents = {name: round(order[name] * 100) for name in MONEY_FIELDS}
    return order["status"] in STATUSES and (
        cents["total"] == cents["subtotal"] - cents["discount"] + cents["shipping"] + cents["tax"]
    )


def money(value: float) -> Decimal:
    return Decimal(round(value * 100)).scaleb(-2)


def to_row(order: dict[str, Any], message: Any, now: datetime) -> dict[str, Any]:
    for name in MONEY_FIELDS:
        order[name] = money(order[name])
    for item in order["items"]:
        item["unit_price"] = money(item["unit_price"])
    order["created_at"] = datetime.fromisoformat(order["created_at"])
    order["processed_at"] = now
    order["source_partition"] = message.partition()
    order["source_offset"] = message.offset()
    order["source_timestamp"] = datetime.fromtimestamp(message.timestamp()[1] / 1000, timezone.utc)
    return order


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("brokers")
    parser.add_argument("topic")
    parser.add_argument("records", type=int)
    parser.add_argument("catalog", type=Path)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("table")
    arguments = parser.parse_args()

    catalog = SqlCatalog("lake", uri=f"sqlite:///{arguments.catalog}", warehouse=f"file://{arguments.warehouse}")
    table = order_table.create(catalog, arguments.table)
    schema = schema_to_pyarrow(table.schema())
    consumer = Consumer({"bootstrap.servers": arguments.brokers, "group.id": arguments.table,
                         "enable.auto.commit": False, "fetch.queue.backoff.ms": 5})
    partitions = consumer.list_topics(arguments.topic).topics[arguments.topic].partitions
    consumer.assign([TopicPartition(arguments.topic, partition, 0) for partition in partitions])

    rows: list[dict[str, Any]] = []
    seen = 0
    while seen < arguments.records:
        messages = consumer.consume(POLL_RECORDS, timeout=POLL_SECONDS)
        if not messages:
            raise SystemExit(f"the topic ends after {seen} of {arguments.records} records")
        now = datetime.now(timezone.utc)
        for message in messages:
            order = orjson.loads(message.value())
            if is_valid(order):
                rows.append(to_row(order, message, now))
        seen += len(messages)
        if len(rows) >= APPEND_ROWS or seen >= arguments.records:
            table.append(pa.Table.from_pylist(rows, schema=schema))
            rows.clear()
    consumer.close()


main()
