"""Makes a table with every primitive and nested type by PyIceberg: every_type.py FOLDER."""

import datetime
import decimal
import pathlib
import sys
import uuid

import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.schema import Schema
from pyiceberg.types import (
    BinaryType, BooleanType, DateType, DecimalType, DoubleType, FixedType, FloatType, IntegerType,
    ListType, LongType, MapType, NestedField, StringType, StructType, TimestampType, TimestamptzType,
    TimeType, UUIDType,
)

PAIR = StructType(NestedField(40, "left", IntegerType()), NestedField(41, "right", StringType()))
SCHEMA = Schema(
    NestedField(1, "flag", BooleanType()),
    NestedField(2, "number", IntegerType()),
    NestedField(3, "big_number", LongType()),
    NestedField(4, "ratio", FloatType()),
    NestedField(5, "wide_ratio", DoubleType()),
    NestedField(6, "amount", DecimalType(12, 2)),
    NestedField(7, "big_amount", DecimalType(38, 10)),
    NestedField(8, "day", DateType()),
    NestedField(9, "time", TimeType()),
    NestedField(10, "local", TimestampType()),
    NestedField(11, "instant", TimestamptzType()),
    NestedField(12, "text", StringType()),
    NestedField(13, "key", UUIDType()),
    NestedField(14, "hash", FixedType(4)),
    NestedField(15, "payload", BinaryType()),
    NestedField(16, "numbers", ListType(30, IntegerType(), element_required=False)),
    NestedField(17, "pairs", ListType(31, PAIR, element_required=False)),
    NestedField(18, "counts", MapType(32, StringType(), 33, LongType(), value_required=False)),
    NestedField(19, "outer", StructType(NestedField(34, "inner", StructType(NestedField(35, "leaf", StringType()))))),
)


def rows() -> list[dict]:
    local = datetime.datetime(1969, 12, 31, 23, 59, 59, 999999)
    low = {
        "flag": False,
        "number": -(2**31),
        "big_number": -(2**63),
        "ratio": -1.5,
        "wide_ratio": float("-inf"),
        "amount": decimal.Decimal("-0.05"),
        "big_amount": decimal.Decimal("-1234567890123456789012345678.0123456789"),
        "day": datetime.date(1582, 10, 15),
        "time": datetime.time(0, 0),
        "local": local,
        "instant": local.replace(tzinfo=datetime.timezone.utc),
        "text": "",
        "key": uuid.UUID(int=0).bytes,
        "hash": b"\x00\x01\xfe\xff",
        "payload": b"",
        "numbers": [],
        "pairs": [None, {"left": None, "right": "r"}],
        "counts": [],
        "outer": {"inner": None},
    }
    local = datetime.datetime(2262, 1, 1, 0, 0, 0, 1)
    high = {
        "flag": True,
        "number": 2**31 - 1,
        "big_number": 2**63 - 1,
        "ratio": 3.25,
        "wide_ratio": float("nan"),
        "amount": decimal.Decimal("9999999999.99"),
        "big_amount": decimal.Decimal("0.0000000001"),
        "day": datetime.date(9999, 12, 31),
        "time": datetime.time(23, 59, 59, 999999),
        "local": local,
        "instant": local.replace(tzinfo=datetime.timezone.utc),
        "text": "\U0001f9ca\u6c37\u00e9" * 30,
        "key": uuid.UUID("f79c3e09-677c-4bbd-a479-3f349cb785e7").bytes,
        "hash": b"\xff\xff\xff\xff",
        "payload": bytes(range(256)),
        "numbers": [1, None, 3],
        "pairs": [{"left": 1, "right": None}],
        "counts": [("a", 1), ("b", None)],
        "outer": {"inner": {"leaf": "leaf"}},
    }
    return [low, high, dict.fromkeys(low)]


def main(folder: pathlib.Path) -> None:
    catalog = load_catalog("test", type="in-memory", warehouse=str(folder))
    catalog.create_namespace("test")
    table = catalog.create_table("test.every_type", SCHEMA, location=str(folder))
    table.append(pa.Table.from_pylist(rows(), schema=table.schema().as_arrow()))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
