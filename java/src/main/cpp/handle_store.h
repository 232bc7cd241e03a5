// Numbers for objects: what Java holds instead of pointers. A number is given once in the life of the
// process, so a stale one, or one of another type, finds nothing.

#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "calve/base/result.h"

namespace calve::jni {

using Handle = std::int64_t;

inline Handle next_handle() {
  static std::atomic<Handle> last{0};
  return ++last;
}

// Safe from any thread; an object is used by one thread at a time, which is Java's promise.
template <class T>
class HandleStore {
 public:
  Handle put(std::shared_ptr<T> object) {
    const std::lock_guard lock(mutex_);
    const Handle handle = next_handle();
    objects_.emplace(handle, std::move(object));
    return handle;
  }

  // Shared with the store and every call under way: a close from another thread cannot pull the object
  // from under a call.
  Result<std::shared_ptr<T>> get(Handle handle) {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(handle);
    if (found == objects_.end()) {
      return fail(ErrorKind::kInternal, "The handle is of nothing that is open: it was closed before");
    }
    return found->second;
  }

  void remove(Handle handle) {
    std::shared_ptr<T> last;  // destroyed without the lock
    const std::lock_guard lock(mutex_);
    if (auto node = objects_.extract(handle)) last = std::move(node.mapped());
  }

 private:
  std::mutex mutex_;
  std::map<Handle, std::shared_ptr<T>> objects_;
};

}  // namespace calve::jni
