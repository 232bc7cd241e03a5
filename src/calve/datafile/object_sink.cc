#include "calve/datafile/object_sink.h"

#include <string_view>

namespace calve::datafile {

arrow::Status ObjectSink::Write(const void* data, int64_t bytes) {
  if (!object_) return arrow::Status::OK();
  auto appended =
      object_->append(std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(bytes)));
  if (!appended) {
    error_ = std::move(appended).error();
    discard();
    return arrow::Status::IOError(error_->message);
  }
  position_ += bytes;
  return arrow::Status::OK();
}

Result<void> ObjectSink::finish() {
  if (error_) return std::unexpected(*error_);
  const auto object = std::move(object_);
  return object->finish();
}

}  // namespace calve::datafile
