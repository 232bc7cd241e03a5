#include "calve/cli/permission_checks.h"

#include <fmt/format.h>

#include "calve/base/uuid.h"

namespace calve::cli {

std::vector<Finding> check_file_permissions(storage::ObjectStore& store, const std::string& folder) {
  const std::string probe = fmt::format("{}/.calve-doctor-{}", folder, to_string(random_uuid()));
  std::vector<Finding> findings;
  // That a file is missing is told to those alone who may read it.
  const auto read = store.read(probe);
  findings.push_back(read || read.error().kind == ErrorKind::kNotFound ? passed("read files", "is allowed")
                                                                       : failed("read files", read.error()));
  const auto created = store.create(probe, "calve doctor");
  findings.push_back(created ? passed("write files", "is allowed") : failed("write files", created.error()));
  const auto removed = store.remove(probe);
  findings.push_back(removed ? passed("delete files", "is allowed")
                             : failed("delete files", removed.error()));
  return findings;
}

Finding check_change_permission(catalog::Catalog& catalog, const catalog::TableIdentifier& table) {
  const std::string name = fmt::format("change {}", catalog::to_string(table));
  const auto allowed = catalog.probe_change(table);
  return allowed ? passed(name, "is allowed") : failed(name, allowed.error());
}

}  // namespace calve::cli
