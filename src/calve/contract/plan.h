// What the decoder does with an event, compiled once from the schema: a tree in the order in which
// keys are expected, with each leaf's column and everything that is checked on it.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include <re2/re2.h>

#include "calve/base/result.h"
#include "calve/contract/decimal.h"
#include "calve/contract/packed_text.h"
#include "calve/contract/rule.h"
#include "calve/contract/schema_document.h"
#include "calve/iceberg/schema.h"

namespace calve::contract {

// A bound in units of the column, and the words for a value beyond it.
struct Bound {
  Int128 units = 0;
  std::string words;  // "maximum 1000", "what int holds"
};

// For int, long and decimal columns everything is an integer in units of 10^-scale.
struct UnitChecks {
  int scale = 0;
  Bound column_low;  // what the column holds: also for numbers in strings, which `minimum` leaves alone
  Bound column_high;
  Bound low;  // the tighter of column and keywords
  Bound high;
  Int128 multiple_of = 1;  // in units
  std::optional<Decimal> exact_multiple_of;
  bool integers_only = false;  // `type` is "integer"
};

// For double columns the keywords look at the exact number as it was written.
struct DoubleChecks {
  std::optional<Decimal> minimum;
  std::optional<Decimal> maximum;
  std::optional<Decimal> exclusive_minimum;
  std::optional<Decimal> exclusive_maximum;
  std::optional<Decimal> multiple_of;
};

struct TextChecks {
  std::size_t min_length = 0;  // code points
  std::size_t max_length = SIZE_MAX;
  std::unique_ptr<const re2::RE2> pattern;  // nullptr: none
  std::size_t pattern_number = 0;           // of the plan's
  Format format = Format::kNone;
  std::vector<PackedText> allowed;
  bool has_allowed = false;
};

struct BooleanLeaf {
  bool true_allowed = true;
  bool false_allowed = true;
};

struct NumberLeaf {
  iceberg::PrimitiveType type;  // int, long, double, decimal
  bool from_number = true;
  bool from_string = false;
  UnitChecks units;      // int, long, decimal
  DoubleChecks doubles;  // double
  bool has_allowed = false;
  std::vector<Decimal> allowed;
  TextChecks text;  // of a number in a string
};

struct TextLeaf {
  iceberg::PrimitiveKind kind = iceberg::PrimitiveKind::kString;  // string, uuid, date, timestamptz
  bool is_event_time = false;
  TextChecks checks;
};

struct ObjectNode;
struct ListNode;

using NodeShape =
    std::variant<BooleanLeaf, NumberLeaf, TextLeaf, std::unique_ptr<ObjectNode>, std::unique_ptr<ListNode>>;

// Levels are Dremel's, as calve/batch/column_batch.h has them.
struct Node {
  NodeShape shape;
  bool null_allowed = false;
  std::int16_t definition = 0;   // of a value that is there
  std::int16_t repetition = 0;   // of a further value of the innermost list round it
  std::uint32_t first_leaf = 0;  // its columns: [first_leaf, leaf_end)
  std::uint32_t leaf_end = 0;
  std::string type_words;  // "string or null", for messages
};

struct Field {
  PackedText name;
  bool required = false;
  Node node;
};

struct ObjectNode {
  // As many as the decoder's set of seen fields holds.
  static constexpr std::size_t kFieldsMax = 512;

  std::vector<Field> fields;
  std::unordered_map<std::string_view, std::uint32_t> by_name;  // views into `fields`
  bool unknown_allowed = true;
};

struct ListNode {
  std::size_t min_items = 0;
  std::size_t max_items = SIZE_MAX;
  Node element;
};

struct LeafColumn {
  FieldId field;
  iceberg::PrimitiveType type;
  std::int16_t max_definition_level = 0;
  std::int16_t max_repetition_level = 0;
};

struct Plan {
  Node root;
  std::vector<LeafColumn> columns;  // the event's, then the engine's, in the schema's leaf order
  std::size_t event_columns = 0;    // how many of them are the event's
  std::vector<Rule> rules;
  std::size_t pattern_count = 0;
};

// kConfig, with the pointer, for a schema that makes no table (a type that is no column, a field id
// missing or used twice, a pattern RE2 cannot compile) or a rule over what is no required amount.
Result<Plan> compile_plan(const SchemaDocument& document);

}  // namespace calve::contract
