// Sort orders as JSON. Iceberg spec: "Appendix C", Sort Orders.

#pragma once

#include "calve/base/result.h"
#include "calve/iceberg/sort_order.h"

namespace calve::iceberg {

class JsonNode;
class JsonWriter;

// kInvalidData with the JSON pointer of what is wrong.
Result<SortOrder> parse_sort_order(const JsonNode& node);
void write_sort_order(JsonWriter& json, const SortOrder& order);

}  // namespace calve::iceberg
