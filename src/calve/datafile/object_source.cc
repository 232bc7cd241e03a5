#include "calve/datafile/object_source.h"

#include <cstring>
#include <utility>

namespace calve::datafile {

arrow::Result<std::shared_ptr<arrow::Buffer>> ObjectSource::ReadAt(int64_t position, int64_t bytes) {
  auto read = store_.read_range(path_, position, bytes);
  if (!read) {
    if (!error_) error_ = read.error();
    return arrow::Status::IOError(read.error().message);
  }
  return arrow::Buffer::FromString(std::move(*read));
}

arrow::Result<int64_t> ObjectSource::ReadAt(int64_t position, int64_t bytes, void* out) {
  ARROW_ASSIGN_OR_RAISE(const auto buffer, ReadAt(position, bytes));
  std::memcpy(out, buffer->data(), static_cast<std::size_t>(buffer->size()));
  return buffer->size();
}

arrow::Result<std::shared_ptr<arrow::Buffer>> ObjectSource::Read(int64_t bytes) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, bytes));
  position_ += buffer->size();
  return buffer;
}

arrow::Result<int64_t> ObjectSource::Read(int64_t bytes, void* out) {
  ARROW_ASSIGN_OR_RAISE(const auto read, ReadAt(position_, bytes, out));
  position_ += read;
  return read;
}

arrow::Status ObjectSource::Seek(int64_t position) {
  position_ = position;
  return arrow::Status::OK();
}

arrow::Status ObjectSource::Close() {
  is_closed_ = true;
  return arrow::Status::OK();
}

}  // namespace calve::datafile
