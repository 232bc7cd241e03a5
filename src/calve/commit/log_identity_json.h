// The JSON form of a log's identity, in ledgers, positions and journals.

#pragma once

#include <nlohmann/json.hpp>

#include "calve/batch/log_identity.h"

namespace calve::commit {

nlohmann::ordered_json to_json(const batch::LogIdentity& identity);

// Throws nlohmann's exceptions; the codec that calls it ends them.
batch::LogIdentity log_identity_from_json(const nlohmann::ordered_json& json);

}  // namespace calve::commit
