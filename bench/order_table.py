"""The orders table with the columns that Calve gives it, for peers that need one to write into."""

from pyiceberg.catalog import Catalog
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.types import (
    DecimalType, IntegerType, ListType, LongType, NestedField, StringType, StructType, TimestamptzType,
)

STRING, MONEY, TIME = StringType(), DecimalType(12, 2), TimestamptzType()
REQUIRED_TEXTS = ("status", "channel", "payment_method", "currency")


def required(number: int, name: str, kind: object) -> NestedField:
    return NestedField(number, name, kind, required=True)  # type: ignore[arg-type]


ITEM = StructType(
    required(23, "sku", STRING), required(24, "name", STRING),
    required(25, "quantity", IntegerType()), required(26, "unit_price", MONEY),
)
ADDRESS = StructType(*(required(27 + i, name, STRING)
                       for i, name in enumerate(("street", "city", "postal_code", "country"))))

# order_id is a string: neither Kafka Connect's nor Python's way to a uuid column is a cheap one.
ORDERS = Schema(
    required(1, "order_id", STRING), required(2, "customer_id", STRING), required(3, "email", STRING),
    required(4, "created_at", TIME),
    *(required(5 + i, name, STRING) for i, name in enumerate(REQUIRED_TEXTS)),
    required(9, "items", ListType(22, ITEM, element_required=True)),
    *(required(10 + i, name, MONEY) for i, name in enumerate(("subtotal", "discount", "shipping", "tax", "total"))),
    required(15, "shipping_address", ADDRESS),
    NestedField(16, "coupon", STRING, required=False), NestedField(17, "note", STRING, required=False),
    NestedField(18, "processed_at", TIME, required=False),
    NestedField(19, "source_partition", IntegerType(), required=False),
    NestedField(20, "source_offset", LongType(), required=False),
    NestedField(21, "source_timestamp", TIME, required=False),
)


def create(catalog: Catalog, name: str) -> Table:
    catalog.create_namespace_if_not_exists("analytics")
    properties = {"format-version": "2", "write.parquet.compression-codec": "zstd"}
    return catalog.create_table(f"analytics.{name}", ORDERS, properties=properties)
