// What `calve run` will be allowed to do, found out before it starts: each permission by a call that needs
// it and no other, so that every one that is missing is named at once.

#pragma once

#include <string>
#include <vector>

#include "calve/base/result.h"
#include "calve/catalog/catalog.h"
#include "calve/cli/finding.h"
#include "calve/storage/object_store.h"

namespace calve::cli {

// A permission by what came of trying to use it.
Finding check_permission(std::string check, const Result<void>& tried);

// Whether files of the folder may be read, made and deleted. Makes one file of a name that nobody has, and
// deletes it.
std::vector<Finding> check_file_permissions(storage::ObjectStore& store, const std::string& folder);

// Whether the catalog lets the table be changed. Changes nothing.
Finding check_change_permission(catalog::Catalog& catalog, const catalog::TableIdentifier& table);

}  // namespace calve::cli
