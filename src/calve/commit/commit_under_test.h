// A warehouse in memory with the two tables of a pipeline, and epochs of made-up files for it.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "calve/base/time.h"
#include "calve/catalog/hadoop_catalog.h"
#include "calve/commit/committer.h"
#include "calve/iceberg/table_update.h"
#include "calve/storage/faulty_store.h"
#include "calve/storage/memory_store.h"

namespace calve::commit {

class TestClock final : public Clock {
 public:
  Timestamp now() const override { return now_; }
  std::chrono::steady_clock::time_point steady_now() const override {
    return std::chrono::steady_clock::now();
  }
  void set(Timestamp now) { now_ = now; }
  void advance(Milliseconds time) { now_ += time; }

 private:
  Timestamp now_ = timestamp_from_micros(1'790'000'000'000'000);
};

// What a test's epoch holds of one partition.
struct TestRange {
  std::int32_t partition;
  std::int64_t from;
  std::int64_t to;
  std::int64_t rejected = 0;
};

class WarehouseUnderTest {
 public:
  WarehouseUnderTest();

  storage::MemoryStore memory;
  storage::FaultyStore store{memory};
  TestClock clock;
  catalog::HadoopCatalog catalog{store, "memory://warehouse", clock};

  Committer::Options options() const;
  // One that has taken its position.
  std::unique_ptr<Committer> resumed_committer();

  // Writes an epoch's files as workers would. Rejects go into one file, the rest into another.
  EpochContents fill(Epoch& epoch, const std::vector<TestRange>& ranges);

  // Fills an epoch of the committer and commits it.
  Result<void> commit(Committer& committer, const std::vector<TestRange>& ranges);

  void set_properties(const catalog::TableIdentifier& table, std::map<std::string, std::string> properties);

  void change(const catalog::TableIdentifier& table, std::vector<iceberg::TableUpdate> updates);

  // A foreign engine's commit: one new file in the place of all that the table holds.
  void overwrite(const catalog::TableIdentifier& table, std::int64_t rows);

  iceberg::TableMetadata orders();
  iceberg::TableMetadata rejects();
  // Paths of data files that the current snapshot of the table refers to.
  std::vector<std::string> live_files(const iceberg::TableMetadata& table);
  // Every object that some snapshot refers to and that is not there. Empty, always.
  std::vector<std::string> missing_objects();
  // Every object in the warehouse that neither a snapshot, nor the metadata chain, nor an open journal
  // accounts for, be it of an epoch or of expired snapshots. Empty is what clean-up promises.
  std::vector<std::string> stray_objects();
  // The sum over live files of the orders table.
  std::int64_t order_rows();
  std::int64_t reject_rows();

  static inline const catalog::TableIdentifier kOrders{{"analytics"}, "orders"};
  static inline const catalog::TableIdentifier kRejects{{"analytics"}, "orders_rejected"};
  static inline const batch::LogIdentity kSource{
      .cluster = "c", .topic = "orders.created.v1", .topic_id = "t"};

 private:
  std::set<std::string> referenced_objects();
  std::int64_t rows(const iceberg::TableMetadata& table);
};

}  // namespace calve::commit
