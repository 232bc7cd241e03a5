#include "calve/commit/growing_table.h"

#include <cstdlib>

#include <fmt/format.h>

#include "calve/commit/table_setup.h"
#include "calve/iceberg/manifest.h"

namespace calve::commit {
namespace {

constexpr std::int64_t kEventsPerCommit = 1'000;
constexpr int kColumns = 27;

template <class T>
T must(Result<T> result) {
  if (result) return *std::move(result);
  fmt::print(stderr, "{}\n", result.error().message);
  std::abort();
}
void must(const Result<void>& result) {
  if (result) return;
  fmt::print(stderr, "{}\n", result.error().message);
  std::abort();
}

iceberg::DataFile data_file(std::string path, std::int64_t number) {
  iceberg::DataFile file{.file_path = std::move(path),
                         .record_count = kEventsPerCommit,
                         .file_size_in_bytes = 100'000 + number % 977};
  for (int column = 1; column <= kColumns; ++column) {
    const FieldId id(column);
    file.column_sizes[id] = 4'000 + number % 89 * column;
    file.value_counts[id] = kEventsPerCommit;
    file.null_value_counts[id] = 0;
    file.lower_bounds[id] = fmt::format("lower-{:08}", number * column);
    file.upper_bounds[id] = fmt::format("upper-{:08}", number * column);
  }
  return file;
}

}  // namespace

GrowingTable::GrowingTable()
    : committer_(catalog_, store_, clock_,
                 {.pipeline = "orders",
                  .source = WarehouseUnderTest::kSource,
                  .orders = WarehouseUnderTest::kOrders,
                  .rejects = WarehouseUnderTest::kRejects,
                  .table = {}}) {
  const iceberg::Schema schema{.fields = {{.id = FieldId(1),
                                           .name = "n",
                                           .type = iceberg::PrimitiveKind::kLong,
                                           .presence = iceberg::Presence::kRequired}}};
  for (const auto& identifier : {WarehouseUnderTest::kOrders, WarehouseUnderTest::kRejects})
    must(set_up_table(catalog_, {.identifier = identifier, .schema = schema}, clock_, {}));
  must(committer_.resume());
}

void GrowingTable::commit_one() {
  clock_.advance(Milliseconds(10'000));
  const auto epoch = committer_.open_epoch();
  const Offset from(next_ * kEventsPerCommit);
  const LedgerRange range{.partition = PartitionId(0),
                          .from = from,
                          .to = from.plus(kEventsPerCommit),
                          .valid = kEventsPerCommit};
  std::string path = must(epoch->next_data_file(Target::kOrders, range.partition, range.from));
  must(committer_.commit(*epoch, {.ranges = {range}, .orders_files = {data_file(std::move(path), next_)}},
                         {}));
  committer_.sweep();
  ++next_;
}

Growth GrowingTable::grow(int commits) {
  store_.take_written();
  for (int i = 0; i < commits; ++i)
    commit_one();
  const Written written = store_.take_written();
  const auto table = must(catalog_.load(WarehouseUnderTest::kOrders));
  const auto* current = iceberg::current_snapshot(table.metadata);
  const auto list = must(iceberg::read_manifest_list(must(store_.read(current->manifest_list))));
  return {.objects_per_commit = written.objects / commits,
          .bytes_per_commit = written.bytes / commits,
          .snapshots = std::ssize(table.metadata.snapshots),
          .manifests = std::ssize(list),
          .metadata_bytes = must(store_.stat(table.metadata_location)).size_bytes,
          .metadata_objects = std::ssize(must(store_.list(table.metadata.location + "/metadata/")))};
}

}  // namespace calve::commit
