// The data files of one table under construction: rows dealt to partitions, a file each, within one
// budget of memory.
//
//   auto writer = CALVE_TRY(PartitionedWriter::make(store, schema, spec, options, next_file_path));
//   CALVE_TRY(writer.append(batch));      // many times
//   auto files = CALVE_TRY(writer.flush());  // the epoch's files; append() begins the next epoch
//
// Rows of a partition keep the order in which they were appended. A partition that gets few rows is held
// packed and becomes a file at the flush, one after the other; a busy one has a Parquet writer open.
// Over the budget the partitions that hold most are closed; so a partition may have several files in
// an epoch. One thread at a time.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "calve/base/result.h"
#include "calve/batch/column_batch.h"
#include "calve/datafile/parquet_schema.h"
#include "calve/datafile/partitioner.h"
#include "calve/datafile/row_stage.h"
#include "calve/datafile/writer.h"
#include "calve/datafile/writer_options.h"
#include "calve/iceberg/data_file.h"
#include "calve/storage/object_store.h"

namespace calve::datafile {

struct PartitionedWriterOptions {
  WriterOptions files;
  // Of this writer alone. It is held after each append(); within one, the batch's rows come on top. A
  // row group is closed at a quarter of it if that is less than files.row_group_bytes_max.
  std::int64_t open_writers_bytes_max = 128 << 20;
};

class PartitionedWriter {
 public:
  // Names each new file, whole location; called from the thread of append() and flush(). Names are
  // given out before the first byte so that a journal can list them.
  using NextFilePath = std::function<Result<std::string>()>;

  // `store` must outlive the writer. kConfig if the spec does not fit the schema.
  static Result<PartitionedWriter> make(storage::ObjectStore& store, iceberg::Schema schema,
                                        const iceberg::PartitionSpec& spec, PartitionedWriterOptions options,
                                        NextFilePath next_file_path);

  // Nothing of the batch is looked at after the call. After an error (the store's, of naming a file,
  // kInternal) some of its rows are in and others not: the caller abandons.
  Result<void> append(const batch::ColumnBatch& batch);

  // Ends every open file and gives all since the last flush, in no particular order, each durable and
  // visible. After an error the caller abandons.
  Result<std::vector<iceberg::DataFile>> flush();

  // Drops what is open and forgets what is finished; gives the paths of the finished files, which
  // nothing refers to, for the caller to remove. The writer can be used again.
  std::vector<std::string> abandon();

  // Since the last flush, in finished files as well.
  std::int64_t row_count() const { return row_count_; }
  std::int64_t buffered_bytes() const;
  // Bytes of finished files, and about what the open ones will have.
  std::int64_t file_bytes() const;

 private:
  struct Partition {
    RowStage stage;  // rows that come after those in `file`
    std::optional<Writer> file;

    std::int64_t held_bytes() const { return stage.held_bytes() + (file ? file->buffered_bytes() : 0); }
  };
  using Partitions = std::unordered_map<iceberg::PartitionTuple, Partition, PartitionHash, SamePartition>;

  PartitionedWriter(storage::ObjectStore& store, iceberg::Schema schema, iceberg::SpecId spec_id,
                    PartitionedWriterOptions options, NextFilePath next_file_path);

  Result<void> append_dense(Partitions::value_type& partition, const batch::ColumnBatch& rows);
  Result<void> append_scattered(const batch::ColumnBatch& batch, const DealtRows& dealt);
  Result<void> write(Partitions::value_type& partition, const batch::ColumnBatch& rows);
  Result<void> write_stage(Partitions::value_type& partition);
  Result<void> close(Partitions::value_type& partition);
  Result<void> close_down_to_budget();

  storage::ObjectStore* store_;
  std::unique_ptr<const FileSchema> schema_;  // open files refer to it, wherever this object moves
  iceberg::SpecId spec_id_;
  PartitionedWriterOptions options_;
  NextFilePath next_file_path_;
  Partitioner partitioner_;
  batch::ColumnBatch no_rows_;  // the columns' shape, from the first batch
  Partitions partitions_;       // those with open files or staged rows
  std::vector<iceberg::DataFile> finished_;
  std::int64_t row_count_ = 0;
};

}  // namespace calve::datafile
