// contracts/orders.created.v1.schema.json, as it was when this program was built.

#pragma once

#include <string_view>

namespace calve::config {

std::string_view builtin_contract();

}  // namespace calve::config
