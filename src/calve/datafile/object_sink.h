// The stream that Arrow writes a file to, over an object of ours.

#pragma once

#include <memory>
#include <optional>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include "calve/base/result.h"
#include "calve/storage/object_store.h"

namespace calve::datafile {

// Keeps the store's own Error, which an arrow::Status cannot carry. One thread at a time.
class ObjectSink final : public arrow::io::OutputStream {
 public:
  explicit ObjectSink(std::unique_ptr<storage::ObjectWriter> object) : object_(std::move(object)) {}

  arrow::Status Write(const void* data, int64_t bytes) override;
  using OutputStream::Write;
  arrow::Result<int64_t> Tell() const override { return position_; }
  // Ends nothing: the object becomes visible by finish() alone.
  arrow::Status Close() override { return arrow::Status::OK(); }
  bool closed() const override { return !object_; }

  Result<void> finish();
  // Drops the object. Later writes go nowhere and succeed: Parquet ends its file while it is destroyed.
  void discard() { object_.reset(); }

  std::int64_t position() const { return position_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  std::unique_ptr<storage::ObjectWriter> object_;  // null once finished or discarded
  std::int64_t position_ = 0;
  std::optional<Error> error_;  // the first
};

}  // namespace calve::datafile
