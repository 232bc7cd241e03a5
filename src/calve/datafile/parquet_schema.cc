#include "calve/datafile/parquet_schema.h"

#include <cmath>
#include <utility>

#include <parquet/schema.h>
#include <parquet/types.h>

namespace calve::datafile {
namespace {

using parquet::LogicalType;
using parquet::Repetition;
using parquet::schema::GroupNode;
using parquet::schema::NodePtr;
using parquet::schema::PrimitiveNode;

constexpr int kIntDigitsMax = 9;
constexpr int kLongDigitsMax = 18;

struct Slot {
  std::string name;
  FieldId id;
  Repetition::type repetition;
};

Repetition::type repetition(iceberg::Presence presence) {
  return presence == iceberg::Presence::kRequired ? Repetition::REQUIRED : Repetition::OPTIONAL;
}

NodePtr primitive(const Slot& slot, std::shared_ptr<const LogicalType> logical, parquet::Type::type physical,
                  int length_bytes = -1) {
  return PrimitiveNode::Make(slot.name, slot.repetition, std::move(logical), physical, length_bytes,
                             slot.id.value());
}

NodePtr timestamp(const Slot& slot, bool is_adjusted_to_utc) {
  return primitive(slot,
                   LogicalType::Timestamp(is_adjusted_to_utc, LogicalType::TimeUnit::MICROS,
                                          /*is_from_converted_type=*/false,
                                          /*force_set_converted_type=*/is_adjusted_to_utc),
                   parquet::Type::INT64);
}

NodePtr node(const Slot& slot, iceberg::PrimitiveKind kind) {
  switch (kind) {
    case iceberg::PrimitiveKind::kBoolean:
      return primitive(slot, LogicalType::None(), parquet::Type::BOOLEAN);
    case iceberg::PrimitiveKind::kInt:
      return primitive(slot, LogicalType::None(), parquet::Type::INT32);
    case iceberg::PrimitiveKind::kLong:
      return primitive(slot, LogicalType::None(), parquet::Type::INT64);
    case iceberg::PrimitiveKind::kFloat:
      return primitive(slot, LogicalType::None(), parquet::Type::FLOAT);
    case iceberg::PrimitiveKind::kDouble:
      return primitive(slot, LogicalType::None(), parquet::Type::DOUBLE);
    case iceberg::PrimitiveKind::kDate:
      return primitive(slot, LogicalType::Date(), parquet::Type::INT32);
    case iceberg::PrimitiveKind::kTime:
      return primitive(slot, LogicalType::Time(/*is_adjusted_to_utc=*/false, LogicalType::TimeUnit::MICROS),
                       parquet::Type::INT64);
    case iceberg::PrimitiveKind::kTimestamp:
      return timestamp(slot, false);
    case iceberg::PrimitiveKind::kTimestamptz:
      return timestamp(slot, true);
    case iceberg::PrimitiveKind::kString:
      return primitive(slot, LogicalType::String(), parquet::Type::BYTE_ARRAY);
    case iceberg::PrimitiveKind::kUuid:
      return primitive(slot, LogicalType::UUID(), parquet::Type::FIXED_LEN_BYTE_ARRAY, 16);
    case iceberg::PrimitiveKind::kBinary:
      return primitive(slot, LogicalType::None(), parquet::Type::BYTE_ARRAY);
  }
  std::unreachable();
}

NodePtr node(const Slot& slot, const iceberg::DecimalType& type) {
  auto logical = LogicalType::Decimal(type.precision, type.scale);
  if (type.precision <= kIntDigitsMax) return primitive(slot, std::move(logical), parquet::Type::INT32);
  if (type.precision <= kLongDigitsMax) return primitive(slot, std::move(logical), parquet::Type::INT64);
  return primitive(slot, std::move(logical), parquet::Type::FIXED_LEN_BYTE_ARRAY,
                   decimal_bytes(type.precision));
}

NodePtr node(const Slot& slot, const iceberg::FixedType& type) {
  return primitive(slot, LogicalType::None(), parquet::Type::FIXED_LEN_BYTE_ARRAY, type.length_bytes);
}

NodePtr any_node(const Slot& slot, const iceberg::Type& type);

parquet::schema::NodeVector children(const std::vector<iceberg::NestedField>& fields) {
  parquet::schema::NodeVector nodes;
  nodes.reserve(fields.size());
  for (const iceberg::NestedField& field : fields) {
    nodes.push_back(any_node({field.name, field.id, repetition(field.presence)}, field.type));
  }
  return nodes;
}

NodePtr node(const Slot& slot, const iceberg::Nested<iceberg::StructType>& type) {
  return GroupNode::Make(slot.name, slot.repetition, children(type->fields),
                         /*logical_type=*/std::shared_ptr<const LogicalType>(), slot.id.value());
}

NodePtr node(const Slot& slot, const iceberg::Nested<iceberg::ListType>& type) {
  auto element = any_node({"element", type->element_id, repetition(type->element_presence)}, type->element);
  auto list = GroupNode::Make("list", Repetition::REPEATED, {std::move(element)});
  return GroupNode::Make(slot.name, slot.repetition, {std::move(list)}, LogicalType::List(), slot.id.value());
}

NodePtr node(const Slot& slot, const iceberg::Nested<iceberg::MapType>& type) {
  auto key = any_node({"key", type->key_id, Repetition::REQUIRED}, type->key);
  auto value = any_node({"value", type->value_id, repetition(type->value_presence)}, type->value);
  auto entry = GroupNode::Make("key_value", Repetition::REPEATED, {std::move(key), std::move(value)});
  return GroupNode::Make(slot.name, slot.repetition, {std::move(entry)}, LogicalType::Map(), slot.id.value());
}

NodePtr any_node(const Slot& slot, const iceberg::Type& type) {
  return std::visit([&](const auto& alternative) { return node(slot, alternative); }, type);
}

}  // namespace

int decimal_bytes(int precision) {
  return static_cast<int>(std::ceil((precision * std::log2(10.0) + 1) / 8));
}

FileSchema make_file_schema(iceberg::Schema schema) {
  FileSchema made;
  made.leaves = iceberg::leaves(schema);
  made.root = std::static_pointer_cast<GroupNode>(
      GroupNode::Make("table", Repetition::REQUIRED, children(schema.fields)));
  made.schema = std::move(schema);
  return made;
}

}  // namespace calve::datafile
