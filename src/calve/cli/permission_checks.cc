#include "calve/cli/permission_checks.h"

#include <utility>

#include <fmt/format.h>

#include "calve/base/uuid.h"

namespace calve::cli {

Finding check_permission(std::string check, const Result<void>& tried) {
  return tried ? passed(std::move(check), "is allowed") : failed(std::move(check), tried.error());
}

std::vector<Finding> check_file_permissions(storage::ObjectStore& store, const std::string& folder) {
  const std::string probe = fmt::format("{}/.calve-doctor-{}", folder, to_string(random_uuid()));
  std::vector<Finding> findings;
  // That a file is missing is told to those alone who may read it.
  const auto read = store.read(probe);
  findings.push_back(read || read.error().kind == ErrorKind::kNotFound ? passed("read files", "is allowed")
                                                                       : failed("read files", read.error()));
  findings.push_back(check_permission("write files", store.create(probe, "calve doctor")));
  findings.push_back(check_permission("delete files", store.remove(probe)));
  return findings;
}

Finding check_change_permission(catalog::Catalog& catalog, const catalog::TableIdentifier& table) {
  return check_permission(fmt::format("change {}", catalog::to_string(table)), catalog.probe_change(table));
}

}  // namespace calve::cli
