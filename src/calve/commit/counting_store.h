// Counts what a table's commits write, for the tests of growth.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "calve/storage/memory_store.h"

namespace calve::commit {

struct Written {
  std::int64_t objects = 0;
  std::int64_t bytes = 0;
};

// One thread.
class CountingStore final : public storage::MemoryStore {
 public:
  Result<void> write(const std::string& path, std::string_view bytes) override {
    count(bytes);
    return MemoryStore::write(path, bytes);
  }
  Result<void> create(const std::string& path, std::string_view bytes) override {
    count(bytes);
    return MemoryStore::create(path, bytes);
  }

  // Since the last call.
  Written take_written() { return std::exchange(written_, {}); }

 private:
  void count(std::string_view bytes) {
    ++written_.objects;
    written_.bytes += static_cast<std::int64_t>(bytes.size());
  }

  Written written_;
};

}  // namespace calve::commit
