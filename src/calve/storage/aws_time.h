// The time that AWS's services and tools write when keys expire.

#pragma once

#include <optional>
#include <string>

#include "calve/base/time.h"

namespace calve::storage {

// "2026-11-24T13:02:07Z", with a fraction or "+00:00" too. nullopt for anything else.
std::optional<Timestamp> parse_aws_time(const std::string& text);

}  // namespace calve::storage
