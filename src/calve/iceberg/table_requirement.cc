#include <fmt/format.h>

#include "calve/iceberg/table_update.h"

namespace calve::iceberg {
namespace {

std::string text(const std::optional<SnapshotId>& id) {
  return id ? fmt::format("snapshot {}", *id) : std::string("no snapshot");
}

template <class Id>
Result<void> must_equal(std::string_view what, Id required, Id found) {
  if (required == found) return {};
  return fail(
      ErrorKind::kFenced,
      fmt::format("The table was changed by another writer: {} must be {}, it is {}", what, required, found));
}

struct Checker {
  const TableMetadata& base;

  Result<void> operator()(const AssertCreate&) const {
    return fail(ErrorKind::kFenced,
                fmt::format("The table must not exist, but another writer made it: {}", base.location));
  }
  Result<void> operator()(const AssertTableUuid& requirement) const {
    return must_equal("its uuid", to_string(requirement.uuid),
                      base.table_uuid ? to_string(*base.table_uuid) : "absent");
  }
  Result<void> operator()(const AssertRefSnapshotId& requirement) const {
    const auto ref = base.refs.find(requirement.ref);
    std::optional<SnapshotId> found;
    if (ref != base.refs.end()) found = ref->second.snapshot_id;
    return must_equal(fmt::format("ref {}", requirement.ref), text(requirement.snapshot_id), text(found));
  }
  Result<void> operator()(const AssertCurrentSchemaId& requirement) const {
    return must_equal("its current schema", requirement.id, base.current_schema_id);
  }
  Result<void> operator()(const AssertLastAssignedFieldId& requirement) const {
    return must_equal("its last assigned field id", requirement.id, base.last_column_id);
  }
  Result<void> operator()(const AssertDefaultSpecId& requirement) const {
    return must_equal("its default partition spec", requirement.id, base.default_spec_id);
  }
};

}  // namespace

Result<void> check(const TableMetadata& base, const std::vector<TableRequirement>& requirements) {
  for (const auto& requirement : requirements) {
    CALVE_TRY(std::visit(Checker{base}, requirement));
  }
  return {};
}

}  // namespace calve::iceberg
