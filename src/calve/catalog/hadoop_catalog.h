// The Hadoop-style catalog: a warehouse folder, and in each table's metadata folder a run of files
// without a gap, of which the highest number is current.
//
//   <warehouse>/<namespace>/<table>/metadata/v<N>.metadata.json     N = 1, 2, ...
//   <warehouse>/<namespace>/<table>/metadata/version-hint.text      some N: "37"
//
// A swap creates v<N+1>.metadata.json only if it is absent, which on a local disk and on S3 is atomic;
// racing writers of Calve have one winner. A Java HadoopCatalog on an object store checks and renames
// instead: do not let one write at the same time. Iceberg's specification calls this catalog
// deprecated; `calve table register` moves a table to another.
//
// A table that was moved to another catalog has the property "calve.moved-to", and takes no further change
// here but one that removes it; what it was then stays readable.
//
// The hint is only a hint: written last, best effort, read first and never trusted. Current is what
// probing forward from it finds, and if the hint is missing or garbage, the listing.
// Old versions are deleted as Iceberg's "write.metadata.delete-after-commit.enabled" and
// "write.metadata.previous-versions-max" say, every 16 commits.
// Iceberg: HadoopTableOperations; spec "File System Tables".

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "calve/base/time.h"
#include "calve/catalog/catalog.h"
#include "calve/storage/object_store.h"

namespace calve::catalog {

inline constexpr const char* kMovedToProperty = "calve.moved-to";

class HadoopCatalog final : public Catalog {
 public:
  // `store` and `clock` outlive the catalog. `warehouse` is a location of the store, without a slash at
  // its end.
  HadoopCatalog(storage::ObjectStore& store, std::string warehouse, const Clock& clock);

  Result<LoadedTable> load(const TableIdentifier& table) override;
  SwapOutcome create(const TableIdentifier& table, const iceberg::NewTable& first) override;
  SwapOutcome swap(const TableIdentifier& table, const LoadedTable& base,
                   const iceberg::TableChange& change) override;
  std::string default_location(const TableIdentifier& table) const override;
  Result<void> probe_swap() override;

 private:
  // Why a swap finds its base gone.
  SwapOutcome explain_missing_base(const TableIdentifier& table, const LoadedTable& base);

  // Whether the version that a swap has just created is the table's next one. Something if it is not.
  std::optional<Unknown> settle(const TableIdentifier& table, const LoadedTable& base,
                                const std::string& created);

  storage::ObjectStore& store_;
  std::string warehouse_;
  const Clock& clock_;
};

}  // namespace calve::catalog
