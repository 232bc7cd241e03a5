// The JSON form of values that ledgers, positions, journals and sealed parts share. Readers throw
// nlohmann's exceptions or std::invalid_argument; the codec that calls them ends those.

#pragma once

#include <nlohmann/json.hpp>

#include "calve/base/uuid.h"
#include "calve/batch/log_identity.h"
#include "calve/commit/ledger.h"

namespace calve::commit {

nlohmann::ordered_json to_json(const batch::LogIdentity& identity);
batch::LogIdentity log_identity_from_json(const nlohmann::ordered_json& json);

nlohmann::ordered_json to_json(const LedgerRange& range);
LedgerRange range_from_json(const nlohmann::ordered_json& json);

Uuid uuid_from_json(const nlohmann::ordered_json& json);

}  // namespace calve::commit
