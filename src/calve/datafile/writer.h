// One Parquet file of a table under construction.
//
//   Writer writer = CALVE_TRY(Writer::open(store, {.path = path, .partition = tuple}, schema, options));
//   CALVE_TRY(writer.append(batch));              // any number of times
//   iceberg::DataFile file = CALVE_TRY(writer.close());
//
// Rows stay in memory, encoded and compressed page by page, until their row group is full; then it goes
// to the store. One thread at a time.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "calve/base/result.h"
#include "calve/batch/column_batch.h"
#include "calve/datafile/parquet_schema.h"
#include "calve/datafile/writer_options.h"
#include "calve/iceberg/data_file.h"
#include "calve/storage/object_store.h"

namespace calve::datafile {

// Where a file lies, and what its rows have in common.
struct FileTarget {
  std::string path;  // nothing of another writer may be there: it is overwritten
  iceberg::SpecId spec_id;
  iceberg::PartitionTuple partition;
  std::optional<iceberg::SortOrderId> sort_order_id;  // set only if the rows come in that order
};

class Writer {
 public:
  // `schema` and `store` must outlive the writer. kConfig for a level that the codec does not have; other
  // errors are the store's.
  static Result<Writer> open(storage::ObjectStore& store, FileTarget target, const FileSchema& schema,
                             const WriterOptions& options);

  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  // Unfinished, it leaves no object.
  ~Writer();

  // The batch has the schema's leaves, in their order; it is not looked at after the call. After an
  // error (the store's, or kInternal from the Parquet library) the only use left is destruction.
  Result<void> append(const batch::ColumnBatch& batch);

  // Writes the footer and makes the object durable and visible. No call may follow. A file without
  // rows is a valid one.
  Result<iceberg::DataFile> close();

  std::int64_t row_count() const;
  // Memory held: encoders, dictionaries, pages of the row group under way.
  std::int64_t buffered_bytes() const;
  // What the file would have on disk if it were closed now; pages not yet compressed count whole.
  std::int64_t file_bytes() const;
  const std::string& path() const;

 private:
  struct Impl;
  explicit Writer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace calve::datafile
