// Table schemas. Iceberg spec: "Schemas and Data Types", "Appendix C: JSON serialization".

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/strong_id.h"

namespace calve::iceberg {

// Members of a JSON object that we do not know, as JSON text by name. They are kept, so that a rewrite
// loses nothing that another writer or a later version of the format put there.
using UnknownMembers = std::map<std::string, std::string>;

using SchemaId = StrongId<struct SchemaIdTag, std::int32_t>;

// Primitive types of format versions 1 and 2, by the spec's names.
enum class PrimitiveKind {
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kDate,
  kTime,
  kTimestamp,
  kTimestamptz,
  kString,
  kUuid,
  kBinary,
};

struct DecimalType {
  int precision = 0;  // 1 .. 38
  int scale = 0;      // 0 .. precision

  bool operator==(const DecimalType&) const = default;
};

struct FixedType {
  int length_bytes = 0;

  bool operator==(const FixedType&) const = default;
};

struct StructType;
struct ListType;
struct MapType;

// A type is a value: copies are deep, == compares the whole tree. Nested types sit behind a Nested<>
// because they contain Types themselves.
template <class T>
class Nested {
 public:
  Nested(T value);  // NOLINT(google-explicit-constructor): a nested type is a type
  Nested(const Nested& other);
  Nested& operator=(const Nested& other);
  Nested(Nested&&) noexcept = default;
  Nested& operator=(Nested&&) noexcept = default;
  ~Nested();

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  T& operator*() { return *value_; }
  T* operator->() { return value_.get(); }
  bool operator==(const Nested& other) const;

 private:
  std::unique_ptr<T> value_;  // never null, but in a moved-from object
};

using PrimitiveType = std::variant<PrimitiveKind, DecimalType, FixedType>;
using Type = std::variant<PrimitiveKind, DecimalType, FixedType, Nested<StructType>, Nested<ListType>,
                          Nested<MapType>>;

inline Type as_type(const PrimitiveType& primitive) {
  return std::visit([](const auto& type) { return Type(type); }, primitive);
}
// None for a nested type.
inline std::optional<PrimitiveType> as_primitive(const Type& type) {
  if (const auto* kind = std::get_if<PrimitiveKind>(&type)) return *kind;
  if (const auto* decimal = std::get_if<DecimalType>(&type)) return *decimal;
  if (const auto* fixed = std::get_if<FixedType>(&type)) return *fixed;
  return std::nullopt;
}

enum class Presence { kOptional, kRequired };

struct NestedField {
  FieldId id;
  std::string name;
  Type type;
  Presence presence = Presence::kOptional;
  std::optional<std::string> doc;
  UnknownMembers unknown_members;  // defaults of version 3 among them

  bool operator==(const NestedField&) const = default;
};

struct StructType {
  std::vector<NestedField> fields;

  bool operator==(const StructType&) const = default;
};

struct ListType {
  FieldId element_id;
  Type element;
  Presence element_presence = Presence::kOptional;

  bool operator==(const ListType&) const = default;
};

struct MapType {
  FieldId key_id;
  Type key;
  FieldId value_id;
  Type value;
  Presence value_presence = Presence::kOptional;

  bool operator==(const MapType&) const = default;
};

struct Schema {
  SchemaId id;
  std::vector<NestedField> fields;
  std::vector<FieldId> identifier_field_ids;
  UnknownMembers unknown_members;

  bool operator==(const Schema&) const = default;
};

// The field with that id, at any depth (a list's element and a map's key and value have no field of
// their own and are not found); nullptr if there is none. Valid as long as the schema is.
const NestedField* find_field(const Schema& schema, FieldId id);
// By the path with dots, as "shipping_address.city"; through lists by "items.element.sku".
const NestedField* find_field(const Schema& schema, std::string_view path);

// The largest id in use, elements, keys and values included; 0 for an empty schema.
FieldId highest_field_id(const Schema& schema);

// The spec's text: "timestamptz", "decimal(12, 2)", "fixed[16]". Nested types give "struct", ...
std::string to_string(const Type& type);
// The inverse for primitive types. kInvalidData for anything else; kUnsupported for types of v3.
Result<Type> parse_primitive_type(std::string_view text);

// One leaf of the schema as columnar formats see it, depth first.
struct Leaf {
  FieldId id;
  std::string path;  // "items.element.sku", as Parquet's path without its "list" level
  PrimitiveType type;
  std::int16_t max_definition_level = 0;
  std::int16_t max_repetition_level = 0;

  bool operator==(const Leaf&) const = default;
};
std::vector<Leaf> leaves(const Schema& schema);

}  // namespace calve::iceberg
