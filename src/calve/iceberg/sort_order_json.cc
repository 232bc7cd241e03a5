#include "calve/iceberg/sort_order_json.h"

#include "calve/iceberg/json_reader.h"
#include "calve/iceberg/json_writer.h"

namespace calve::iceberg {
namespace {

Result<SortField> parse_sort_field(const JsonNode& node) {
  SortField field;
  field.source_id = CALVE_TRY(node.required<FieldId>("source-id"));
  field.transform = parse_transform(CALVE_TRY(node.required<std::string>("transform")));
  const JsonNode direction = CALVE_TRY(node.member("direction"));
  const auto direction_name = CALVE_TRY(direction.as<std::string>());
  if (direction_name != "asc" && direction_name != "desc")
    return direction.wrong("Expected \"asc\" or \"desc\"");
  field.direction = direction_name == "desc" ? SortDirection::kDescending : SortDirection::kAscending;
  const JsonNode nulls = CALVE_TRY(node.member("null-order"));
  const auto nulls_name = CALVE_TRY(nulls.as<std::string>());
  if (nulls_name != "nulls-first" && nulls_name != "nulls-last") {
    return nulls.wrong("Expected \"nulls-first\" or \"nulls-last\"");
  }
  field.null_order = nulls_name == "nulls-last" ? NullOrder::kNullsLast : NullOrder::kNullsFirst;
  field.unknown_members = node.members_except({"source-id", "transform", "direction", "null-order"});
  return field;
}

}  // namespace

Result<SortOrder> parse_sort_order(const JsonNode& node) {
  SortOrder order;
  order.id = CALVE_TRY(node.required<SortOrderId>("order-id"));
  const JsonNode fields = CALVE_TRY(node.member("fields"));
  order.fields = CALVE_TRY(fields.list(parse_sort_field));
  order.unknown_members = node.members_except({"order-id", "fields"});
  return order;
}

void write_sort_order(JsonWriter& json, const SortOrder& order) {
  json.begin_object();
  json.member("order-id", order.id);
  json.array("fields", order.fields, [&json](const SortField& field) {
    json.begin_object();
    json.member("transform", to_string(field.transform));
    json.member("source-id", field.source_id);
    json.member("direction", field.direction == SortDirection::kDescending ? "desc" : "asc");
    json.member("null-order", field.null_order == NullOrder::kNullsLast ? "nulls-last" : "nulls-first");
    json.raw_members(field.unknown_members);
    json.end_object();
  });
  json.raw_members(order.unknown_members);
  json.end_object();
}

}  // namespace calve::iceberg
