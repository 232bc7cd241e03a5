// A contract's JSON Schema (draft 2020-12), read and checked against the closed set of keywords that
// Calve gives exactly the standard's meaning. docs/reference/contract.md lists them.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/contract/decimal.h"
#include "calve/iceberg/schema.h"

namespace calve::contract {

// The types that a schema allows, one bit each. "number" includes "integer".
struct TypeSet {
  enum Bit : std::uint8_t {
    kNull = 1,
    kBoolean = 2,
    kInteger = 4,
    kNumber = 8,
    kString = 16,
    kArray = 32,
    kObject = 64,
  };
  std::uint8_t bits = 0;

  bool has(Bit bit) const { return (bits & bit) != 0; }
  bool operator==(const TypeSet&) const = default;
};

enum class Format : std::uint8_t { kNone, kUuid, kDateTime, kDate, kEmail };

// A value of `enum` or `const`: null, a boolean, a number, a string.
using ScalarValue = std::variant<std::monostate, bool, Decimal, std::string>;

struct SchemaProperty;

// One schema, its $ref replaced by what it refers to. An absent keyword is an absent value.
struct SchemaNode {
  std::string pointer;  // of this schema in the document, for messages
  TypeSet types;
  std::optional<std::vector<ScalarValue>> allowed;  // by `enum` and `const` together
  std::string description;                          // empty: none

  std::vector<SchemaProperty> properties;  // in the document's order
  bool unknown_fields_allowed = true;

  std::vector<SchemaNode> items;  // of an array: exactly one
  std::optional<std::uint64_t> min_items;
  std::optional<std::uint64_t> max_items;

  std::optional<std::uint64_t> min_length;
  std::optional<std::uint64_t> max_length;
  std::optional<std::string> pattern;
  Format format = Format::kNone;

  std::optional<Decimal> minimum;
  std::optional<Decimal> maximum;
  std::optional<Decimal> exclusive_minimum;
  std::optional<Decimal> exclusive_maximum;
  std::optional<Decimal> multiple_of;

  // x-calve
  std::optional<FieldId> field_id;
  std::optional<FieldId> element_id;
  std::optional<iceberg::PrimitiveType> column_type;
};

struct SchemaProperty {
  std::string name;
  bool required = false;
  SchemaNode schema;
};

// The rule `name`: left and right are the same amount. See rule.h for what an amount is.
struct RuleText {
  std::string name;
  std::string left;
  std::string right;
};

struct EngineColumn {
  std::string name;
  FieldId field_id;
};

// What the root's x-calve says of the stream as a whole.
struct StreamAnnotations {
  std::string version;                 // of the contract: "orders.created.v1"
  std::string event_time;              // the property that says when the event happened; empty: none
  std::vector<std::string> partition;  // "day(created_at)", "channel"
  std::vector<RuleText> rules;
  std::vector<EngineColumn> engine_columns;
};

struct SchemaDocument {
  SchemaNode root;
  StreamAnnotations stream;
};

// kConfig, with the JSON pointer of the keyword, for anything outside the supported set, a $ref that
// leads nowhere or to itself, or a value that the standard does not allow for its keyword.
Result<SchemaDocument> parse_schema_document(std::string_view text);

}  // namespace calve::contract
