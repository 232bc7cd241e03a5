// A store whose answers a test can spoil, to make happen what real parts do seldom and at no chosen time.
//
//   FaultyStore store(inner);
//   store.inject({.verb = Verb::kCreate, .path_contains = "v3.metadata.json", .effect = LoseAnswer{}});
//
// Safe from any thread. The wrapped store must outlive it.

#pragma once

#include <functional>
#include <limits>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "calve/base/time.h"
#include "calve/storage/object_store.h"

namespace calve::storage {

// kAppend and kFinish are those of the writers that open_writer() gives.
enum class Verb {
  kRead,
  kReadRange,
  kStat,
  kWrite,
  kCreate,
  kOpenWriter,
  kAppend,
  kFinish,
  kRemove,
  kList,
};

// The call is not made; its caller gets the error.
struct FailBefore {
  Error error;
};
// The call is made; if it succeeds its caller gets an error all the same: kUnknownOutcome from create(),
// kUnavailable from a call that may be repeated.
struct LoseAnswer {};
// The call is made after a while.
struct Delay {
  Milliseconds time;
};
// Something else happens first: another writer wins, a server goes away. `action` may use the store.
struct Meanwhile {
  std::function<void()> action;
};

using FaultEffect = std::variant<FailBefore, LoseAnswer, Delay, Meanwhile>;

struct Fault {
  static constexpr int kAlways = std::numeric_limits<int>::max();

  Verb verb;
  std::string path_contains;  // empty: any path
  int skip = 0;               // so many matching calls pass unharmed first
  int times = 1;              // then so many are harmed
  FaultEffect effect;
};

class FaultyStore final : public ObjectStore {
 public:
  explicit FaultyStore(ObjectStore& inner) : inner_(inner) {}

  // Of several faults that match one call the first injected takes effect; a used-up one is forgotten.
  void inject(Fault fault);
  void clear_faults();

  // Calls that came in, harmed ones among them.
  int calls(Verb verb, const std::string& path_contains = "") const;

  Result<std::string> read(const std::string& path) override;
  Result<std::string> read_range(const std::string& path, std::int64_t begin, std::int64_t length) override;
  Result<ObjectInfo> stat(const std::string& path) override;
  Result<void> write(const std::string& path, std::string_view bytes) override;
  Result<void> create(const std::string& path, std::string_view bytes) override;
  // The writer must not outlive this store.
  Result<std::unique_ptr<ObjectWriter>> open_writer(const std::string& path) override;
  Result<void> remove(const std::string& path) override;
  Result<std::vector<ObjectInfo>> list(const std::string& prefix) override;

 private:
  friend class FaultyWriter;

  // Counts the call and makes it, as far as the faults let it.
  template <class Call>
  std::invoke_result_t<Call> apply(Verb verb, const std::string& path, Call call);
  std::optional<FaultEffect> take_effect(Verb verb, const std::string& path);

  ObjectStore& inner_;
  mutable std::mutex mutex_;
  std::list<Fault> faults_;
  std::map<std::pair<Verb, std::string>, int> calls_;
};

}  // namespace calve::storage
