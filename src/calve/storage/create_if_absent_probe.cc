#include "calve/storage/create_if_absent_probe.h"

#include <algorithm>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "calve/base/uuid.h"

namespace calve::storage {
namespace {

std::unexpected<Error> dishonest(const std::string& path, std::string_view seen) {
  return fail(
      ErrorKind::kConfig,
      fmt::format("the store does not honour create-if-absent, so two writers could both commit; run one "
                  "writer only, or use a store that does (S3 itself, LocalStack 3.8.1 or newer, a local "
                  "disk): {}: '{}'",
                  seen, path));
}

std::string content_of(int racer) {
  return fmt::format("racer {}", racer);
}

std::vector<Result<void>> race(ObjectStore& store, const std::string& path, int racers) {
  std::vector<Result<void>> results(static_cast<std::size_t>(racers));
  std::latch start(racers);
  std::vector<std::jthread> threads;
  threads.reserve(results.size());
  for (int racer = 0; racer < racers; ++racer) {
    threads.emplace_back([&, racer] {
      start.arrive_and_wait();
      results[static_cast<std::size_t>(racer)] = store.create(path, content_of(racer));
    });
  }
  threads.clear();
  return results;
}

Result<void> judge(ObjectStore& store, const std::string& path, const std::vector<Result<void>>& results) {
  std::optional<int> winner;
  bool is_outcome_unknown = false;
  for (int racer = 0; const auto& result : results) {
    if (result && winner) return dishonest(path, "several racing creates succeeded");
    if (result) winner = racer;
    if (!result && result.error().kind == ErrorKind::kUnknownOutcome) {
      is_outcome_unknown = true;
    } else if (!result && result.error().kind != ErrorKind::kAlreadyExists) {
      return std::unexpected(result.error());
    }
    ++racer;
  }
  // A create whose answer was lost may be the winner.
  if (!winner && !is_outcome_unknown) return dishonest(path, "no racing create succeeded");

  const auto before = CALVE_TRY(store.read(path));
  if (winner && before != content_of(*winner))
    return dishonest(path, "a create that lost replaced the object");
  const auto again = store.create(path, "once more");
  if (again) return dishonest(path, "a create succeeded on an object that exists");
  if (again.error().kind != ErrorKind::kAlreadyExists) return again;
  if (CALVE_TRY(store.read(path)) != before) return dishonest(path, "a refused create replaced the object");
  return {};
}

}  // namespace

Result<void> probe_create_if_absent(ObjectStore& store, const CreateIfAbsentProbe& probe) {
  if (probe.racers < 1 || probe.racers > CreateIfAbsentProbe::kRacersMax) {
    return fail(ErrorKind::kUsage, fmt::format("the number of racers must be 1 to {}: {}",
                                               CreateIfAbsentProbe::kRacersMax, probe.racers));
  }
  const auto path = fmt::format("{}/.create-if-absent-{}", probe.prefix, to_string(random_uuid()));
  const auto verdict = judge(store, path, race(store, path, probe.racers));
  const auto removed = store.remove(path);
  return verdict ? removed : verdict;
}

}  // namespace calve::storage
