#include "calve/contract/plan.h"

#include <algorithm>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "calve/contract/schema_json.h"

namespace calve::contract {
namespace {

using iceberg::PrimitiveKind;

constexpr std::int64_t kPatternMemoryBytes = 8 << 20;

// The level of a value's surroundings, and whether it may be missing there.
struct Place {
  std::int16_t definition = 0;
  std::int16_t repetition = 0;
  bool required = false;
};

std::string type_words(TypeSet types) {
  constexpr std::pair<TypeSet::Bit, std::string_view> kNames[] = {
      {TypeSet::kBoolean, "boolean"}, {TypeSet::kInteger, "integer"}, {TypeSet::kNumber, "number"},
      {TypeSet::kString, "string"},   {TypeSet::kArray, "array"},     {TypeSet::kObject, "object"},
      {TypeSet::kNull, "null"}};
  std::string words;
  for (const auto& [bit, name] : kNames) {
    if (!types.has(bit)) continue;
    if (!words.empty()) words += " or ";
    words += name;
  }
  return words;
}

bool allows_null(const SchemaNode& schema) {
  if (!schema.types.has(TypeSet::kNull)) return false;
  return !schema.allowed ||
         std::find(schema.allowed->begin(), schema.allowed->end(), ScalarValue()) != schema.allowed->end();
}

template <class T>
std::vector<T> allowed_of(const SchemaNode& schema) {
  std::vector<T> values;
  if (!schema.allowed) return values;
  for (const ScalarValue& value : *schema.allowed) {
    if (const T* match = std::get_if<T>(&value)) values.push_back(*match);
  }
  return values;
}

// The integer range of the column, before the schema's keywords.
UnitChecks column_range(const iceberg::PrimitiveType& type) {
  UnitChecks checks;
  if (const auto* decimal = std::get_if<iceberg::DecimalType>(&type)) {
    const Int128 most = power_of_ten(decimal->precision) - 1;
    const std::string words = fmt::format("what {} holds", iceberg::to_string(*decimal));
    checks.scale = decimal->scale;
    checks.column_low = {-most, words};
    checks.column_high = {most, words};
  } else if (std::get<PrimitiveKind>(type) == PrimitiveKind::kInt) {
    checks.column_low = {INT32_MIN, "what int holds"};
    checks.column_high = {INT32_MAX, "what int holds"};
  } else {
    checks.column_low = {INT64_MIN, "what long holds"};
    checks.column_high = {INT64_MAX, "what long holds"};
  }
  checks.low = checks.column_low;
  checks.high = checks.column_high;
  return checks;
}

void raise(Bound& low, Int128 units, std::string words) {
  if (units > low.units) low = {units, std::move(words)};
}

void lower(Bound& high, Int128 units, std::string words) {
  if (units < high.units) high = {units, std::move(words)};
}

// A bound between two units tightens to the next one inside it: nothing lies between.
UnitChecks unit_checks(const SchemaNode& schema, const iceberg::PrimitiveType& type) {
  UnitChecks checks = column_range(type);
  const int scale = checks.scale;
  checks.integers_only = schema.types.has(TypeSet::kInteger) && !schema.types.has(TypeSet::kNumber);
  if (schema.minimum) {
    raise(checks.low, ceil_units(*schema.minimum, scale), "minimum " + to_string(*schema.minimum));
  }
  if (schema.exclusive_minimum) {
    raise(checks.low, floor_units(*schema.exclusive_minimum, scale) + 1,
          "exclusiveMinimum " + to_string(*schema.exclusive_minimum));
  }
  if (schema.maximum) {
    lower(checks.high, floor_units(*schema.maximum, scale), "maximum " + to_string(*schema.maximum));
  }
  if (schema.exclusive_maximum) {
    lower(checks.high, ceil_units(*schema.exclusive_maximum, scale) - 1,
          "exclusiveMaximum " + to_string(*schema.exclusive_maximum));
  }
  if (schema.multiple_of) {
    checks.exact_multiple_of = schema.multiple_of;
    const Units units = to_units(*schema.multiple_of, scale);
    if (units.fit == Fit::kExact) {
      checks.multiple_of = units.value;
    } else if (units.fit == Fit::kTooLarge) {
      checks.multiple_of = power_of_ten(Decimal::kDigitsMax);  // of no unit but 0
    } else {
      // A divisor finer than the unit: v units are v * 10^k of its last digits.
      Int128 left = schema.multiple_of->coefficient;
      for (std::int64_t k = -(std::int64_t{schema.multiple_of->exponent} + scale); k > 0; --k) {
        const Int128 common = std::gcd(static_cast<std::int64_t>(left), std::int64_t{10});
        if (common == 1) break;
        left /= common;
      }
      checks.multiple_of = left;
    }
  }
  return checks;
}

class Compiler {
 public:
  explicit Compiler(const SchemaDocument& document) : document_(document) {}

  Result<Plan> compile() {
    const SchemaNode& root = document_.root;
    if (root.types != TypeSet{TypeSet::kObject}) return refuse("/type", "an event is an object");
    if (root.allowed) return refuse("", "enum and const are not supported for objects and arrays");
    plan_.root = CALVE_TRY(compile_node(root, {.required = true}));
    plan_.event_columns = plan_.columns.size();
    if (!document_.stream.event_time.empty() && !event_time_found_) {
      return refuse("/x-calve/event-time", "a top-level property with format \"date-time\" is expected");
    }
    using enum PrimitiveKind;
    constexpr PrimitiveKind kEngineTypes[] = {kTimestamptz, kInt, kLong, kTimestamptz};
    for (std::size_t i = 0; i < document_.stream.engine_columns.size(); ++i) {
      const EngineColumn& column = document_.stream.engine_columns[i];
      CALVE_TRY(claim(column.field_id, "/x-calve/engine-columns/" + column.name));
      plan_.columns.push_back({.field = column.field_id, .type = kEngineTypes[i]});
    }
    for (std::size_t i = 0; i < document_.stream.rules.size(); ++i) {
      plan_.rules.push_back(
          CALVE_TRY(compile_rule(document_.stream.rules[i], plan_, fmt::format("/x-calve/rules/{}", i))));
    }
    return std::move(plan_);
  }

 private:
  Result<void> claim(FieldId id, const std::string& pointer) {
    if (used_ids_.insert(id).second) return {};
    return refuse(pointer, fmt::format("field id {} is used twice", id));
  }

  Result<FieldId> claim(const std::optional<FieldId>& id, const SchemaNode& schema,
                        std::string_view annotation) {
    const std::string pointer = fmt::format("{}/x-calve/{}", schema.pointer, annotation);
    if (!id) return refuse(pointer, "the field id is missing");
    CALVE_TRY(claim(*id, pointer));
    return *id;
  }

  Result<Node> compile_node(const SchemaNode& schema, Place place) {
    Node node;
    node.null_allowed = allows_null(schema);
    node.definition =
        static_cast<std::int16_t>(place.definition + (place.required && !node.null_allowed ? 0 : 1));
    node.repetition = place.repetition;
    node.first_leaf = static_cast<std::uint32_t>(plan_.columns.size());
    node.type_words = type_words(schema.types);

    const bool numeric = schema.types.has(TypeSet::kInteger) || schema.types.has(TypeSet::kNumber);
    const bool textual = schema.types.has(TypeSet::kString);
    const int kinds = int{schema.types.has(TypeSet::kBoolean)} + int{numeric || textual} +
                      int{schema.types.has(TypeSet::kArray)} + int{schema.types.has(TypeSet::kObject)};
    if (kinds != 1 || (numeric && textual && !schema.column_type)) {
      return refuse(
          schema.pointer + "/type",
          "one type (and \"null\") is expected, or numbers and strings with x-calve/type: a column has "
          "one type");
    }
    if (schema.types.has(TypeSet::kObject)) {
      node.shape = CALVE_TRY(compile_object(schema, node));
    } else if (schema.types.has(TypeSet::kArray)) {
      node.shape = CALVE_TRY(compile_list(schema, node));
    } else {
      node.shape = CALVE_TRY(compile_leaf(schema, numeric));
    }
    if (std::holds_alternative<BooleanLeaf>(node.shape) || std::holds_alternative<NumberLeaf>(node.shape) ||
        std::holds_alternative<TextLeaf>(node.shape)) {
      plan_.columns.push_back({.field = leaf_id_,
                               .type = leaf_type_,
                               .max_definition_level = node.definition,
                               .max_repetition_level = node.repetition});
    }
    node.leaf_end = static_cast<std::uint32_t>(plan_.columns.size());
    return node;
  }

  Result<std::unique_ptr<ObjectNode>> compile_object(const SchemaNode& schema, const Node& node) {
    if (schema.properties.empty()) {
      return refuse(schema.pointer + "/properties", "an object without properties makes no columns");
    }
    if (schema.properties.size() > ObjectNode::kFieldsMax) {
      return refuse(schema.pointer + "/properties", "an object has more than 512 properties");
    }
    auto object = std::make_unique<ObjectNode>();
    object->unknown_allowed = schema.unknown_fields_allowed;
    for (const SchemaProperty& property : schema.properties) {
      const FieldId id = CALVE_TRY(claim(property.schema.field_id, property.schema, "field-id"));
      leaf_id_ = id;
      Field field{.name = PackedText(property.name), .required = property.required};
      field.node = CALVE_TRY(compile_node(
          property.schema,
          {.definition = node.definition, .repetition = node.repetition, .required = property.required}));
      if (&schema == &document_.root && property.name == document_.stream.event_time) {
        auto* text = std::get_if<TextLeaf>(&field.node.shape);
        event_time_found_ = text != nullptr && text->kind == PrimitiveKind::kTimestamptz;
        if (event_time_found_) text->is_event_time = true;
      }
      object->fields.push_back(std::move(field));
    }
    for (std::uint32_t i = 0; i < object->fields.size(); ++i)
      object->by_name[object->fields[i].name.text()] = i;
    return object;
  }

  Result<std::unique_ptr<ListNode>> compile_list(const SchemaNode& schema, const Node& node) {
    if (schema.items.empty())
      return refuse(schema.pointer + "/items", "`items` is missing: a list needs its element");
    auto list = std::make_unique<ListNode>();
    list->min_items = schema.min_items.value_or(0);
    list->max_items = schema.max_items.value_or(SIZE_MAX);
    leaf_id_ = CALVE_TRY(claim(schema.element_id, schema, "element-id"));
    list->element = CALVE_TRY(
        compile_node(schema.items.front(), {.definition = static_cast<std::int16_t>(node.definition + 1),
                                            .repetition = static_cast<std::int16_t>(node.repetition + 1),
                                            .required = true}));
    return list;
  }

  Result<NodeShape> compile_leaf(const SchemaNode& schema, bool numeric) {
    if (schema.types.has(TypeSet::kBoolean)) return compile_boolean(schema);
    leaf_type_ = schema.column_type.value_or(default_type(schema));
    if (const auto* kind = std::get_if<PrimitiveKind>(&leaf_type_)) {
      using enum PrimitiveKind;
      if (!numeric && (*kind == kString || *kind == kUuid || *kind == kDate || *kind == kTimestamptz)) {
        return compile_text(schema, *kind);
      }
      if (*kind != kInt && *kind != kLong && *kind != kDouble) return mismatch(schema);
      const bool fractions = schema.types.has(TypeSet::kNumber);
      if (*kind == kDouble ? !fractions || schema.types.has(TypeSet::kString) : fractions)
        return mismatch(schema);
    }
    return compile_number(schema, numeric);
  }

  Result<TextChecks> text_checks(const SchemaNode& schema) {
    TextChecks checks;
    checks.min_length = schema.min_length.value_or(0);
    checks.max_length = schema.max_length.value_or(SIZE_MAX);
    checks.format = schema.format;
    for (std::string& text : allowed_of<std::string>(schema))
      checks.allowed.emplace_back(std::move(text));
    checks.has_allowed = schema.allowed.has_value();
    if (schema.pattern) {
      RE2::Options options;
      options.set_log_errors(false);
      options.set_max_mem(kPatternMemoryBytes);
      auto pattern = std::make_unique<RE2>(*schema.pattern, options);
      if (!pattern->ok()) {
        return refuse(schema.pointer + "/pattern",
                      fmt::format("RE2 cannot compile the pattern ({})", pattern->error()));
      }
      checks.pattern = std::move(pattern);
      checks.pattern_number = plan_.pattern_count++;
    }
    return checks;
  }

  static iceberg::PrimitiveType default_type(const SchemaNode& schema) {
    if (schema.types.has(TypeSet::kNumber)) return PrimitiveKind::kDouble;
    if (schema.types.has(TypeSet::kInteger)) return PrimitiveKind::kLong;
    switch (schema.format) {
      case Format::kUuid:
        return PrimitiveKind::kUuid;
      case Format::kDateTime:
        return PrimitiveKind::kTimestamptz;
      case Format::kDate:
        return PrimitiveKind::kDate;
      case Format::kNone:
      case Format::kEmail:
        return PrimitiveKind::kString;
    }
    std::unreachable();
  }

  static std::unexpected<Error> mismatch(const SchemaNode& schema) {
    return refuse(schema.pointer + "/x-calve/type",
                  fmt::format("values of type {} do not go into that column", type_words(schema.types)));
  }

  Result<NodeShape> compile_boolean(const SchemaNode& schema) {
    leaf_type_ = PrimitiveKind::kBoolean;
    if (schema.column_type.value_or(leaf_type_) != leaf_type_) return mismatch(schema);
    BooleanLeaf leaf;
    if (schema.allowed) {
      const auto values = allowed_of<bool>(schema);
      leaf.true_allowed = std::find(values.begin(), values.end(), true) != values.end();
      leaf.false_allowed = std::find(values.begin(), values.end(), false) != values.end();
    }
    return leaf;
  }

  Result<NodeShape> compile_text(const SchemaNode& schema, PrimitiveKind kind) {
    TextLeaf leaf{.kind = kind};
    leaf.checks = CALVE_TRY(text_checks(schema));
    if ((kind == PrimitiveKind::kUuid && schema.format != Format::kUuid) ||
        (kind == PrimitiveKind::kDate && schema.format != Format::kDate) ||
        (kind == PrimitiveKind::kTimestamptz && schema.format != Format::kDateTime)) {
      return refuse(schema.pointer + "/x-calve/type", "the column needs the `format` of the same kind");
    }
    return leaf;
  }

  Result<NodeShape> compile_number(const SchemaNode& schema, bool numeric) {
    NumberLeaf leaf{.type = leaf_type_,
                    .from_number = numeric,
                    .from_string = schema.types.has(TypeSet::kString),
                    .has_allowed = schema.allowed.has_value(),
                    .allowed = allowed_of<Decimal>(schema)};
    leaf.text = CALVE_TRY(text_checks(schema));
    if (leaf_type_ == iceberg::PrimitiveType(PrimitiveKind::kDouble)) {
      leaf.doubles = {.minimum = schema.minimum,
                      .maximum = schema.maximum,
                      .exclusive_minimum = schema.exclusive_minimum,
                      .exclusive_maximum = schema.exclusive_maximum,
                      .multiple_of = schema.multiple_of};
    } else {
      leaf.units = unit_checks(schema, leaf_type_);
    }
    return leaf;
  }

  const SchemaDocument& document_;
  Plan plan_;
  std::set<FieldId> used_ids_;
  FieldId leaf_id_;  // of the property or element whose node is compiled next
  iceberg::PrimitiveType leaf_type_;
  bool event_time_found_ = false;
};

}  // namespace

Result<Plan> compile_plan(const SchemaDocument& document) {
  return Compiler(document).compile();
}

}  // namespace calve::contract
