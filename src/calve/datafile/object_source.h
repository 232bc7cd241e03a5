// The file that Arrow reads from, over an object of ours: it asks for the bytes that it needs alone.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include "calve/base/result.h"
#include "calve/storage/object_store.h"

namespace calve::datafile {

// Keeps the store's own Error, which an arrow::Status cannot carry. One thread at a time.
class ObjectSource final : public arrow::io::RandomAccessFile {
 public:
  // `store` outlives the source. A wrong size shows as a file that cannot be read.
  ObjectSource(storage::ObjectStore& store, std::string path, std::int64_t size_bytes)
      : store_(store), path_(std::move(path)), size_bytes_(size_bytes) {}

  arrow::Result<int64_t> GetSize() override { return size_bytes_; }
  arrow::Result<int64_t> ReadAt(int64_t position, int64_t bytes, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t bytes) override;
  arrow::Result<int64_t> Read(int64_t bytes, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t bytes) override;
  arrow::Status Seek(int64_t position) override;
  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Status Close() override;
  bool closed() const override { return is_closed_; }

  const std::optional<Error>& error() const { return error_; }

 private:
  storage::ObjectStore& store_;
  const std::string path_;
  const std::int64_t size_bytes_;
  std::int64_t position_ = 0;
  bool is_closed_ = false;
  std::optional<Error> error_;  // the first
};

}  // namespace calve::datafile
