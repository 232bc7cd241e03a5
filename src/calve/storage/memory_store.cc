#include "calve/storage/memory_store.h"

#include <utility>

#include <fmt/format.h>

#include "calve/storage/byte_range.h"
#include "calve/storage/location.h"

namespace calve::storage {
namespace {

std::unexpected<Error> not_found(const std::string& path) {
  return fail(ErrorKind::kNotFound, fmt::format("no such object: '{}'", path));
}

class MemoryWriter final : public ObjectWriter {
 public:
  MemoryWriter(MemoryStore& store, std::string path) : store_(store), path_(std::move(path)) {}

  Result<void> append(std::string_view bytes) override {
    bytes_ += bytes;
    return {};
  }
  Result<void> finish() override { return store_.write(path_, bytes_); }

 private:
  MemoryStore& store_;
  std::string path_;
  std::string bytes_;
};

}  // namespace

Result<std::string> MemoryStore::read(const std::string& path) {
  CALVE_TRY(parse_object_path(path, Scheme::kMemory));
  const std::scoped_lock lock(mutex_);
  const auto found = objects_.find(path);
  if (found == objects_.end()) return not_found(path);
  return found->second;
}

Result<std::string> MemoryStore::read_range(const std::string& path, std::int64_t begin,
                                            std::int64_t length) {
  CALVE_TRY(check_byte_range(path, begin, length));
  const auto bytes = CALVE_TRY(read(path));
  if (std::cmp_greater_equal(begin, bytes.size())) return std::string{};
  return bytes.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(length));
}

Result<ObjectInfo> MemoryStore::stat(const std::string& path) {
  const auto bytes = CALVE_TRY(read(path));
  return ObjectInfo{.path = path, .size_bytes = static_cast<std::int64_t>(bytes.size())};
}

Result<void> MemoryStore::write(const std::string& path, std::string_view bytes) {
  CALVE_TRY(parse_object_path(path, Scheme::kMemory));
  const std::scoped_lock lock(mutex_);
  objects_.insert_or_assign(path, std::string(bytes));
  return {};
}

Result<void> MemoryStore::create(const std::string& path, std::string_view bytes) {
  CALVE_TRY(parse_object_path(path, Scheme::kMemory));
  const std::scoped_lock lock(mutex_);
  if (!objects_.emplace(path, bytes).second) {
    return fail(ErrorKind::kAlreadyExists, fmt::format("the object exists already: '{}'", path));
  }
  return {};
}

Result<std::unique_ptr<ObjectWriter>> MemoryStore::open_writer(const std::string& path) {
  CALVE_TRY(parse_object_path(path, Scheme::kMemory));
  return std::make_unique<MemoryWriter>(*this, path);
}

Result<void> MemoryStore::remove(const std::string& path) {
  CALVE_TRY(parse_object_path(path, Scheme::kMemory));
  const std::scoped_lock lock(mutex_);
  objects_.erase(path);
  return {};
}

Result<std::vector<ObjectInfo>> MemoryStore::list(const std::string& prefix) {
  CALVE_TRY(parse_prefix(prefix, Scheme::kMemory));
  const std::scoped_lock lock(mutex_);
  std::vector<ObjectInfo> found;
  for (auto at = objects_.lower_bound(prefix); at != objects_.end() && at->first.starts_with(prefix); ++at) {
    found.push_back({.path = at->first, .size_bytes = static_cast<std::int64_t>(at->second.size())});
  }
  return found;
}

}  // namespace calve::storage
