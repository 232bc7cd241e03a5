// A batch through the stages: decode, write, account. What a worker thread of the native runtime and a
// writer task of Flink share.
//
//   writer->add(partition, start, known_rejects);
//   writer->open(epoch);
//   writer->append(batch);  ...             // many times
//   EpochPart part = writer->finish();      // every file durable; open() begins the next epoch

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/batch/record_batch.h"
#include "calve/commit/epoch.h"
#include "calve/contract/contract.h"
#include "calve/contract/decoder.h"
#include "calve/contract/reject_columns.h"
#include "calve/datafile/partitioned_writer.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/runtime/epoch_part.h"
#include "calve/storage/object_store.h"

namespace calve::runtime {

// One thread at a time.
class EpochWriter {
 public:
  // All that is referred to outlives the writer.
  struct Setup {
    const contract::Contract& contract;
    storage::ObjectStore& store;
    const Clock& clock;
    std::string_view topic;
    const iceberg::TableMetadata& orders;  // as it stands when the writer is made
    const iceberg::TableMetadata& rejects;
    std::int64_t open_writers_bytes_max = 0;
  };
  static Result<std::unique_ptr<EpochWriter>> make(const Setup& setup);

  // Events go into this epoch's files from now on. It outlives the next finish() or abandon().
  void open(commit::Epoch& epoch) { epoch_ = &epoch; }

  // Batches of the partition begin at `start`, and follow each other from there without a gap. Rejects
  // below `known_rejects` are in their table already.
  void add(PartitionId partition, Offset start, std::optional<Offset> known_rejects);
  bool has(PartitionId partition) const { return partitions_.contains(partition); }
  // Its events since the last finish() stay in the files: finish() first.
  void remove(PartitionId partition) { partitions_.erase(partition); }

  // Needs an open epoch and a partition that was added. What became of the batch is valid until the next
  // call and refers to the batch. After an error: abandon().
  Result<const contract::Decoded*> append(const batch::RecordBatch& batch);

  // After an error: abandon().
  Result<EpochPart> finish();

  // Drops the partitions and everything since the last finish().
  void abandon();

 private:
  struct PartitionState {
    commit::LedgerRange range;
    std::optional<Offset> known_rejects;
  };

  explicit EpochWriter(const Setup& setup);
  Result<datafile::PartitionedWriter> make_writer(const Setup& setup, const iceberg::TableMetadata& table,
                                                  const iceberg::Schema& schema, commit::Target target);
  Result<void> write_rejects(const contract::Decoded& decoded, const PartitionState& state);
  void account(const batch::RecordBatch& batch, const contract::Decoded& decoded, PartitionState& state);

  const contract::Contract& contract_;
  const Clock& clock_;
  const std::string topic_;
  contract::Decoder decoder_;
  const std::optional<FieldId> event_time_field_;
  batch::ColumnBatch reject_rows_;
  std::optional<datafile::PartitionedWriter> orders_writer_;  // there from make() on
  std::optional<datafile::PartitionedWriter> rejects_writer_;
  std::map<PartitionId, PartitionState> partitions_;
  PartitionId partition_;  // of the batch under way: files are named on its behalf
  EpochPart part_;
  commit::Epoch* epoch_ = nullptr;
};

}  // namespace calve::runtime
