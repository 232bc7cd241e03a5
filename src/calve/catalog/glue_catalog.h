// The AWS Glue Data Catalog: a table's entry names its current metadata file, and a swap makes it name
// the next one.
//
//   <location>/metadata/<NNNNN>-<uuid>.metadata.json    NNNNN = 00000, 00001, ...
//
//   1. GetTable: the entry still names the file that the change was built on, or the change has lost
//   2. the next file is written, under a name that nobody else has
//   3. UpdateTable with the VersionId of 1., which Glue refuses if the entry was changed since
//
// So the file that lost a race refers to nothing and nothing refers to it; it is deleted where that is
// proven: the request was refused at the door, or the entry moved on without it. After an answer that
// never came the entry is read back; while it stands as it was, the request may still be served, and the
// outcome is Unknown. A process that is killed between 2. and 3. leaves one such file behind.
//
// After a swap the files that fell out of the table's log are deleted, if the table says so
// ("write.metadata.delete-after-commit.enabled"); a process that is killed before leaves them behind.
//
// A refusal as ConcurrentModificationException is no proof by itself: it may be the answer to the second
// of two sendings of which the first was applied. Iceberg: GlueTableOperations.

#pragma once

#include <memory>
#include <string>

#include "calve/catalog/catalog.h"
#include "calve/catalog/glue_client.h"
#include "calve/catalog/glue_options.h"
#include "calve/catalog/glue_protocol.h"
#include "calve/storage/object_store.h"

namespace calve::catalog {

class GlueCatalog final : public Catalog {
 public:
  // How often one UpdateTable is sent while there is no answer to it.
  static constexpr int kSendingsMax = 3;
  // How often a table is looked for whose file is gone when it is read.
  static constexpr int kReadingsMax = 3;

  // Sends nothing yet. kConfig for an endpoint or region that cannot be one. `store` and the clock of the
  // options outlive the catalog.
  static Result<std::unique_ptr<GlueCatalog>> open(storage::ObjectStore& store, GlueOptions options);

  Result<LoadedTable> load(const TableIdentifier& table) override;
  // Makes the database too, where there is none. Where `first` names no location, the table lies below
  // its database's, or below the warehouse.
  SwapOutcome create(const TableIdentifier& table, const iceberg::NewTable& first) override;
  SwapOutcome swap(const TableIdentifier& table, const LoadedTable& base,
                   const iceberg::TableChange& change) override;
  SwapOutcome register_table(const TableIdentifier& table, const std::string& metadata_location) override;
  // Empty: it depends on the database.
  std::string default_location(const TableIdentifier& table) const override;
  // Nothing to try: comparing VersionIds is what Glue promises.
  Result<void> probe_swap() override;
  Result<void> probe_change(const TableIdentifier& table) override;

 private:
  struct Proposal;

  GlueCatalog(storage::ObjectStore& store, GlueOptions options, std::unique_ptr<GlueClient> client);

  Result<GlueTable> get_table(const TableIdentifier& table);
  Result<LoadedTable> load_entry(const GlueTable& entry);
  Result<std::string> database_location(const TableIdentifier& table);
  SwapOutcome settle_create(const TableIdentifier& table, LoadedTable made, const Error& why);
  SwapOutcome propose(const Proposal& proposal);
  SwapOutcome moved_on(const Proposal& proposal, const GlueTable& now, const Error& why);
  void discard(const std::string& metadata_location);

  storage::ObjectStore& store_;
  const GlueOptions options_;
  const std::unique_ptr<GlueClient> client_;
};

}  // namespace calve::catalog
