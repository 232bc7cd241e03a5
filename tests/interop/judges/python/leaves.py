"""The canonical summary of Arrow batches, as tests/interop/README.md defines it."""

import struct
import zlib

import pyarrow as pa
import pyarrow.compute as pc

# Bounds longer than this are cut in the answer; the comparison is of the whole value.
BOUND_CHARACTERS_MAX = 64
# Arrow writes small decimals of a larger scale with an exponent.
PLAIN_SCALE_MAX = 6


class Leaf:
    """Counts, bounds and an order-independent checksum of the values of one leaf column."""

    def __init__(self) -> None:
        self.values = 0
        self.nulls = 0
        self.checksum = 0
        self.bounds: list[tuple] = []

    def add(self, array: pa.Array) -> None:
        self.nulls += array.null_count
        array = canonical(array.drop_null())
        self.values += len(array)
        # A value that occurs often is encoded once.
        counted = pc.value_counts(array)
        values = counted.field("values")
        for text, count in zip(texts(values), counted.field("counts").to_pylist()):
            self.checksum += count * zlib.crc32(text)
        if pa.types.is_floating(array.type):
            array = array.filter(pc.invert(pc.is_nan(array)))
        if len(array) > 0:
            least_and_most = pc.min_max(array)
            pair = pa.array([least_and_most["min"].as_py(), least_and_most["max"].as_py()], array.type)
            self.bounds = sorted(self.bounds + list(zip(pair.to_pylist(), texts(pair))))
            self.bounds = [self.bounds[0], self.bounds[-1]]

    def to_json(self) -> dict:
        bounds = [text.decode()[:BOUND_CHARACTERS_MAX] for _, text in self.bounds] or [None, None]
        return {
            "values": self.values,
            "nulls": self.nulls,
            "checksum": f"{self.checksum % 2**64:016x}",
            "min": bounds[0],
            "max": bounds[1],
        }


class Leaves:
    def __init__(self) -> None:
        self.by_name: dict[str, Leaf] = {}
        self.rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        self.rows += batch.num_rows
        for name, column in zip(batch.schema.names, batch.columns):
            self._visit(name, column)

    def to_json(self) -> dict:
        columns = {name: self.by_name[name].to_json() for name in sorted(self.by_name)}
        return {"rows": self.rows, "columns": columns}

    def _visit(self, name: str, array: pa.Array) -> None:
        kind = array.type
        if pa.types.is_struct(kind):
            # flatten() carries the struct's own nulls into its fields.
            for field, child in zip(kind, array.flatten()):
                self._visit(f"{name}.{field.name}", child)
        elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
            self._leaf(name).add(pc.list_value_length(array))
            self._visit(element_name(name, kind.value_type, "element"), array.flatten())
        elif pa.types.is_map(kind):
            entries = array.cast(pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)])))
            self._leaf(name).add(pc.list_value_length(entries))
            key, value = entries.flatten().flatten()
            self._visit(element_name(name, kind.key_type, "key"), key)
            self._visit(element_name(name, kind.item_type, "value"), value)
        else:
            self._leaf(name).add(array)

    def _leaf(self, name: str) -> Leaf:
        return self.by_name.setdefault(name, Leaf())


def element_name(name: str, kind: pa.DataType, role: str) -> str:
    """The fields of a list's structs stand directly under the list's name: items.sku."""
    return name if pa.types.is_struct(kind) else f"{name}.{role}"


def canonical(array: pa.Array) -> pa.Array:
    """The same values as boolean, int64, double, decimal, string or binary, whatever the reader gave."""
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        is_uuid = kind.extension_name == "arrow.uuid"
        return uuid_texts(array.storage) if is_uuid else canonical(array.storage)
    if pa.types.is_dictionary(kind):
        return canonical(array.dictionary_decode())
    if pa.types.is_timestamp(kind):
        return array.cast(pa.timestamp("us", kind.tz)).cast(pa.int64())
    if pa.types.is_time(kind):
        return array.cast(pa.time64("us")).cast(pa.int64())
    if pa.types.is_date(kind):
        return array.cast(pa.date32()).cast(pa.int32()).cast(pa.int64())
    if pa.types.is_integer(kind):
        return array.cast(pa.int64())
    if pa.types.is_floating(kind):
        return array.cast(pa.float64())
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return array.cast(pa.string())
    if pa.types.is_fixed_size_binary(kind) or pa.types.is_large_binary(kind):
        return array.cast(pa.binary())
    return array


def uuid_texts(array: pa.Array) -> pa.Array:
    if pa.types.is_string(array.type):
        return array
    texts = []
    for value in array.to_pylist():
        digits = value.hex()
        texts.append(f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}")
    return pa.array(texts, pa.string())


def texts(array: pa.Array) -> list[bytes]:
    """The canonical text of each value, as UTF-8."""
    kind = array.type
    if pa.types.is_decimal(kind) and kind.scale > PLAIN_SCALE_MAX:
        return [format(value, "f").encode() for value in array.to_pylist()]
    if pa.types.is_boolean(kind) or pa.types.is_decimal(kind) or pa.types.is_integer(kind):
        array = array.cast(pa.string())
    if pa.types.is_floating(kind):
        return [struct.pack(">d", value).hex().encode() for value in array.to_pylist()]
    if pa.types.is_binary(kind):
        return [value.hex().encode() for value in array.to_pylist()]
    return array.cast(pa.binary()).to_pylist()
