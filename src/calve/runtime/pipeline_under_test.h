// A pipeline over a topic, a warehouse and a clock in memory, run on a thread of its own while the test
// looks on.

#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "calve/catalog/hadoop_catalog.h"
#include "calve/commit/committer.h"
#include "calve/contract/contract.h"
#include "calve/runtime/pipeline.h"
#include "calve/runtime/source_under_test.h"
#include "calve/storage/faulty_store.h"
#include "calve/storage/memory_store.h"

namespace calve::runtime {

inline constexpr std::string_view kValidEvent = R"({"v": "x"})";
inline constexpr std::string_view kInvalidEvent = R"({"v": 1})";

// Stands until the test turns it. Safe from any thread.
class TurnedClock final : public Clock {
 public:
  Timestamp now() const override;
  std::chrono::steady_clock::time_point steady_now() const override;
  void turn(Milliseconds by);

 private:
  mutable std::mutex mutex_;
  Milliseconds turned_{0};
};

// Each reader's place of one row: partition, offset.
using Place = std::pair<int, std::int64_t>;
std::vector<Place> places(int partition, std::int64_t from, std::int64_t to);

class PipelineUnderTest {
 public:
  explicit PipelineUnderTest(int partitions);
  // Stops a run that is under way.
  ~PipelineUnderTest();

  SourceUnderTest source;
  storage::MemoryStore memory;
  storage::FaultyStore store{memory};
  TurnedClock clock;
  Metrics metrics{"orders"};
  Health health{Milliseconds(3'000)};
  // Its commit interval goes by only when the clock is turned, its circuit breaker is off.
  Options options;

  // Begins a run; its result by finish(). One at a time.
  void start();
  // Asks the run to stop and gives its result.
  Result<Summary> stop();
  // Waits for a run that ends by itself.
  Result<Summary> finish();
  // Turns the clock to the next commit and waits for it.
  void commit();
  // Turns the clock on and on, until so many events are committed by as many epochs as it takes.
  void commit_all(std::int64_t events);
  // Waits until all that the source holds is in the workers' hands.
  void read_all();

  // What is in the tables now, ascending.
  std::vector<Place> orders();
  std::vector<Place> rejects();
  std::map<PartitionId, Offset> position();
  std::size_t snapshots();
  // Files of rows and journals that nothing refers to.
  std::vector<std::string> strays();
  // Commits [from, to) of a partition as another process would, without a row.
  void commit_elsewhere(int partition, std::int64_t from, std::int64_t to);
  // Leaves a data file and an open journal, as a process that was killed over these events does.
  void leave_epoch(int partition, std::int64_t from);

 private:
  commit::Committer::Options committer_options() const;
  std::vector<std::string> data_files(const catalog::TableIdentifier& table);
  std::vector<Place> rows(const catalog::TableIdentifier& table);

  contract::Contract contract_;
  catalog::HadoopCatalog catalog_{store, "memory://warehouse", clock};
  catalog::HadoopCatalog honest_catalog_{memory, "memory://warehouse", clock};
  std::stop_source stop_;
  std::future<Result<Summary>> run_;
};

// Until `holds`, within a time that no test should need; says whether it does.
bool wait_until(const std::function<bool()>& holds);

}  // namespace calve::runtime
