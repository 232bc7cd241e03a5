// Which metadata of a table is current, and its swap for the next.
//
// A catalog is one compare-and-swap per table; everything else about exactly-once is built on it
// (calve/commit). Its answer has four outcomes, never two, because a request can be applied and its
// answer lost.

#pragma once

#include <map>
#include <string>
#include <variant>

#include "calve/base/result.h"
#include "calve/catalog/table_identifier.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/iceberg/table_update.h"

namespace calve::catalog {

// A table as it was at one moment.
struct LoadedTable {
  iceberg::TableMetadata metadata;
  std::string metadata_location;
  // Which version of the table the swap must replace, in the catalog's own terms: the N of a Hadoop
  // table's v<N>.metadata.json, a Glue VersionId. Opaque to callers.
  std::string version;

  bool operator==(const LoadedTable&) const = default;
};

// The change is the current table.
struct Applied {
  LoadedTable table;
};
// Another change came first, or a requirement does not hold; nothing of ours happened. Load the table
// again, build the change on it, and try again within bounds.
struct Lost {
  Error why;
};
// Certainly nothing happened. why.kind says whether a repeat may help (is_retryable).
struct NotApplied {
  Error why;
};
// It may have happened, or may still happen. Find out by load(): the change's snapshot id is an
// ancestor of the current snapshot, or it is not (yet). Until it is proven delete nothing that the change
// refers to, and acknowledge nothing.
struct Unknown {
  Error why;
};
using SwapOutcome = std::variant<Applied, Lost, NotApplied, Unknown>;

// Names and values as Iceberg's catalogs exchange them.
using Properties = std::map<std::string, std::string>;

// Where a catalog says a store is, and the keys that it lends for it.
struct StorageAccess {
  std::string prefix;     // holds for every path that begins so
  Properties properties;  // under Iceberg's names: "s3.endpoint", "s3.access-key-id"; empty: as configured

  bool operator==(const StorageAccess&) const = default;
};

// Safe from any thread; one caller at a time per table makes the least conflicts.
class Catalog {
 public:
  virtual ~Catalog() = default;

  // kNotFound if there is no such table. kInvalidData if its metadata is damaged: it is never written
  // over.
  virtual Result<LoadedTable> load(const TableIdentifier& table) = 0;

  // Makes the table if it does not exist (Lost if it does).
  virtual SwapOutcome create(const TableIdentifier& table, const iceberg::NewTable& first) = 0;

  // Applies the change if `base` still is the current table. A change that fences something must add
  // a snapshot: the head of the branch is the one thing that every catalog compares.
  virtual SwapOutcome swap(const TableIdentifier& table, const LoadedTable& base,
                           const iceberg::TableChange& change) = 0;

  // Takes over a table that another catalog kept until now: the metadata file becomes the current one here,
  // nothing is copied. Lost if there is a table of that name.
  virtual SwapOutcome register_table(const TableIdentifier& table, const std::string& /*metadata_location*/) {
    return NotApplied{
        {ErrorKind::kUnsupported,
         "This kind of catalog takes over no tables; register them in a REST catalog: " + to_string(table)}};
  }

  // Where a new table of that name would lie. Empty: the catalog chooses when it makes the table.
  virtual std::string default_location(const TableIdentifier& table) const = 0;

  // Proves that racing swaps have one winner here, by trying. kConfig, with the next step, if not.
  virtual Result<void> probe_swap() = 0;

  // Finds out whether this client may change the table, by a change that the catalog must refuse for its
  // base. kAccessDenied, naming the permission, if not. What cannot be tried so succeeds.
  virtual Result<void> probe_change(const TableIdentifier& /*table*/) { return {}; }

  // How to reach an object of a table that was loaded here. Good now and for a while: ask again for each
  // request.
  virtual Result<StorageAccess> storage_access(const std::string& /*path*/) { return StorageAccess{}; }

  // The same with whatever keys are lent now: for those that expired before their time, or gave none.
  virtual Result<StorageAccess> renewed_storage_access(const std::string& path) {
    return storage_access(path);
  }
};

}  // namespace calve::catalog
