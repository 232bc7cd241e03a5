#include "calve/runtime/pipeline_under_test.h"

#include <algorithm>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "calve/commit/table_setup.h"
#include "calve/contract/decoder_under_test.h"
#include "calve/datafile/read_back.h"
#include "calve/iceberg/manifest.h"

namespace calve::runtime {
namespace {

constexpr std::chrono::seconds kPatience{20};
const catalog::TableIdentifier kOrders{{"analytics"}, "orders"};
const catalog::TableIdentifier kRejects{{"analytics"}, "orders_rejected"};

std::vector<std::string> data_files_of(storage::ObjectStore& store, const iceberg::Snapshot& snapshot) {
  std::vector<std::string> paths;
  const auto manifests = iceberg::read_manifest_list(store.read(snapshot.manifest_list).value()).value();
  for (const auto& listed : manifests) {
    const auto manifest = iceberg::read_manifest(store.read(listed.manifest_path).value()).value();
    for (const auto& entry : manifest.entries)
      paths.push_back(entry.data_file.file_path);
  }
  return paths;
}

}  // namespace

Timestamp TurnedClock::now() const {
  const std::lock_guard lock(mutex_);
  return timestamp_from_micros(1'795'000'000'000'000) + turned_;
}

std::chrono::steady_clock::time_point TurnedClock::steady_now() const {
  const std::lock_guard lock(mutex_);
  return std::chrono::steady_clock::time_point(std::chrono::hours(1) + turned_);
}

void TurnedClock::turn(Milliseconds by) {
  const std::lock_guard lock(mutex_);
  turned_ += by;
}

bool wait_until(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(Milliseconds(1));
  }
  return true;
}

std::vector<Place> places(int partition, std::int64_t from, std::int64_t to) {
  std::vector<Place> result;
  for (std::int64_t offset = from; offset < to; ++offset)
    result.emplace_back(partition, offset);
  return result;
}

PipelineUnderTest::PipelineUnderTest(int partitions)
    : source(partitions),
      options{.pipeline = "orders", .orders = kOrders, .rejects = kRejects, .rejects_share_max = 1},
      contract_(contract::load_or_die(contract::value_contract_text(R"("type": "string")"))) {
  for (const auto& [table, schema, spec] :
       {std::tuple(kOrders, contract_.table_schema(), contract_.partition_spec()),
        std::tuple(kRejects, contract::rejects_schema(), contract::rejects_partition_spec())}) {
    const auto made = commit::set_up_table(
        catalog_, {.identifier = table, .schema = schema, .partition_spec = spec}, clock, {});
    EXPECT_TRUE(made) << made.error().message;
  }
}

PipelineUnderTest::~PipelineUnderTest() {
  stop_.request_stop();
}

void PipelineUnderTest::start() {
  stop_ = {};
  run_ = std::async(std::launch::async, [this, stop = stop_.get_token()] {
    return Pipeline({.source = source,
                     .contract = contract_,
                     .catalog = catalog_,
                     .store = store,
                     .clock = clock,
                     .metrics = metrics,
                     .health = health},
                    options)
        .run(stop);
  });
}

Result<Summary> PipelineUnderTest::stop() {
  stop_.request_stop();
  return finish();
}

Result<Summary> PipelineUnderTest::finish() {
  if (run_.wait_for(kPatience) == std::future_status::timeout) {
    ADD_FAILURE() << "the run does not end";
    stop_.request_stop();
  }
  return run_.get();
}

void PipelineUnderTest::commit() {
  const std::int64_t before = metrics.totals().commits;
  clock.turn(options.commit_interval);
  EXPECT_TRUE(wait_until([&] { return metrics.totals().commits > before; })) << "no commit came";
}

void PipelineUnderTest::commit_all(std::int64_t events) {
  EXPECT_TRUE(wait_until([&] {
    clock.turn(options.commit_interval);
    const Metrics::Totals totals = metrics.totals();
    return totals.valid + totals.rejected == events;
  })) << "not all was committed";
}

void PipelineUnderTest::read_all() {
  EXPECT_TRUE(wait_until([&] { return source.is_read() && !source.opened().empty(); })) << "not all was read";
}

std::vector<std::string> PipelineUnderTest::data_files(const catalog::TableIdentifier& table) {
  const iceberg::TableMetadata metadata = honest_catalog_.load(table).value().metadata;
  const iceberg::Snapshot* current = iceberg::current_snapshot(metadata);
  return current == nullptr ? std::vector<std::string>{} : data_files_of(memory, *current);
}

std::vector<Place> PipelineUnderTest::rows(const catalog::TableIdentifier& table) {
  std::vector<Place> rows;
  for (const std::string& path : data_files(table)) {
    const auto read = datafile::read_table(memory.read(path).value());
    const auto offsets = datafile::read_longs(*read, "source_offset");
    std::size_t row = 0;
    for (const auto& chunk : read->GetColumnByName("source_partition")->chunks()) {
      const auto& partitions = static_cast<const arrow::Int32Array&>(*chunk);
      for (std::int64_t i = 0; i < partitions.length(); ++i)
        rows.emplace_back(partitions.Value(i), offsets.at(row++));
    }
  }
  std::ranges::sort(rows);
  return rows;
}

std::vector<Place> PipelineUnderTest::orders() {
  return rows(kOrders);
}
std::vector<Place> PipelineUnderTest::rejects() {
  return rows(kRejects);
}

std::map<PartitionId, Offset> PipelineUnderTest::position() {
  return commit::read_position(honest_catalog_.load(kOrders).value().metadata, options.pipeline).value().next;
}

std::size_t PipelineUnderTest::snapshots() {
  return honest_catalog_.load(kOrders).value().metadata.snapshots.size() +
         honest_catalog_.load(kRejects).value().metadata.snapshots.size();
}

std::vector<std::string> PipelineUnderTest::strays() {
  std::set<std::string> known;
  for (const auto& table : {kOrders, kRejects}) {
    for (std::string& path : data_files(table))
      known.insert(std::move(path));
  }
  std::vector<std::string> strays;
  const auto objects = memory.list("memory://").value();
  for (const auto& object : objects) {
    const bool may_be_stray = object.path.ends_with(".parquet") || object.path.contains("calve-journal");
    if (may_be_stray && !known.contains(object.path)) strays.push_back(object.path);
  }
  return strays;
}

commit::Committer::Options PipelineUnderTest::committer_options() const {
  return {.pipeline = options.pipeline, .source = source.identity(), .orders = kOrders, .rejects = kRejects};
}

void PipelineUnderTest::commit_elsewhere(int partition, std::int64_t from, std::int64_t to) {
  commit::Committer other(honest_catalog_, memory, clock, committer_options());
  const auto resumed = other.resume();
  ASSERT_TRUE(resumed) << resumed.error().message;
  const auto epoch = other.open_epoch();
  const auto committed = other.commit(*epoch,
                                      {.ranges = {{.partition = PartitionId(partition),
                                                   .from = Offset(from),
                                                   .to = Offset(to),
                                                   .valid = to - from}}},
                                      {});
  ASSERT_TRUE(committed) << committed.error().message;
}

void PipelineUnderTest::leave_epoch(int partition, std::int64_t from) {
  commit::Committer other(honest_catalog_, memory, clock, committer_options());
  ASSERT_TRUE(other.resume());
  const auto path =
      other.open_epoch()->next_data_file(commit::Target::kOrders, PartitionId(partition), Offset(from));
  ASSERT_TRUE(path) << path.error().message;
  ASSERT_TRUE(memory.write(*path, "rows"));
}

}  // namespace calve::runtime
