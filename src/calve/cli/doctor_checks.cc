#include "calve/cli/doctor_checks.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "calve/batch/log_identity.h"
#include "calve/cli/text_table.h"
#include "calve/commit/journal.h"
#include "calve/commit/position.h"
#include "calve/iceberg/schema_evolution.h"
#include "calve/storage/create_if_absent_probe.h"

namespace calve::cli {
namespace {

constexpr int kRacers = 32;
constexpr Milliseconds kPollWait{200};

// The top-level fields that an update brings and the table lacks.
std::vector<std::string> new_fields(const iceberg::TableMetadata& table,
                                    const std::vector<iceberg::TableUpdate>& updates) {
  std::vector<std::string> names;
  for (const iceberg::TableUpdate& update : updates) {
    const auto* added = std::get_if<iceberg::AddSchema>(&update);
    if (added == nullptr) continue;
    for (const iceberg::NestedField& field : added->schema.fields) {
      if (iceberg::find_field(iceberg::current_schema(table), field.id) == nullptr)
        names.push_back(field.name);
    }
  }
  return names;
}

}  // namespace

Finding check_warehouse(storage::ObjectStore& store, const std::string& warehouse) {
  const std::string name = "warehouse";
  // A prefix that nothing bears: the answer is small, and asks for the right to look all the same.
  const auto listed = store.list(warehouse + "/.calve-doctor-");
  if (!listed) return failed(name, listed.error());
  return passed(name, fmt::format("{} answers", warehouse));
}

Finding check_one_winner(storage::ObjectStore& store, const std::string& warehouse) {
  const std::string name = "one winner";
  const auto proven = storage::probe_create_if_absent(store, {.prefix = warehouse, .racers = kRacers});
  if (!proven) return failed(name, proven.error());
  return passed(name, fmt::format("of {} writers that raced to create one object, one won", kRacers));
}

Finding check_table(const Result<catalog::LoadedTable>& table, const TableQuestion& question) {
  const std::string name = fmt::format("table {}", catalog::to_string(question.identifier));
  if (!table) {
    if (table.error().kind != ErrorKind::kNotFound) return failed(name, table.error());
    return passed(name, "is not there yet; calve run makes it");
  }
  const auto updates = iceberg::evolve(table->metadata, question.wanted);
  if (!updates) {
    return failed(name, {updates.error().kind,
                         fmt::format("the contract does not fit the table: {}", updates.error().message)});
  }
  const std::size_t snapshots = table->metadata.snapshots.size();
  if (updates->empty()) return passed(name, fmt::format("fits the contract; {} snapshots", snapshots));
  const std::vector<std::string> added = new_fields(table->metadata, *updates);
  return warned(name,
                added.empty()
                    ? "the contract differs from the table in types or optional fields"
                    : fmt::format("the contract has fields that the table lacks: {}", fmt::join(added, ", ")),
                "Nothing to do: the next calve run evolves the table");
}

Finding check_journals(storage::ObjectStore& store, const iceberg::TableMetadata& orders) {
  const std::string name = "open epochs";
  const auto journals = commit::read_journals(store, orders.location);
  if (!journals) return failed(name, journals.error());
  if (journals->empty()) return passed(name, "none: no writer has files that are not committed");
  std::set<Uuid> writers;
  for (const commit::OpenJournal& open : *journals)
    writers.insert(open.journal.writer);
  return warned(name, fmt::format("{} of {} writers", journals->size(), writers.size()),
                "They belong to a calve run that goes on now, or to one that was killed: the next calve run "
                "cleans up after it");
}

Result<SourceState> look_at(source::Source& source, const std::stop_token& stop) {
  SourceState state{.ends = CALVE_TRY(source.end_offsets())};
  std::size_t assigned = 0;
  const auto deadline = system_clock().steady_now() + kAssignmentWaitMax;
  while (assigned < state.ends.size() && !stop.stop_requested() && system_clock().steady_now() < deadline) {
    for (const source::Event& event : CALVE_TRY(source.poll(kPollWait, stop))) {
      if (const auto* news = std::get_if<source::Assigned>(&event)) assigned += news->partitions.size();
    }
  }
  return state;
}

Finding check_source(const std::string& topic, const Result<SourceState>& state) {
  const std::string name = "source";
  if (!state) return failed(name, state.error());
  if (state->ends.empty()) {
    return warned(name, fmt::format("{} has no partition yet", topic),
                  "Send events: calve produce --count 1000");
  }
  return passed(name, fmt::format("{} has {} partitions", topic, state->ends.size()));
}

Finding check_position(source::Source& source, const SourceState& state, const iceberg::TableMetadata& orders,
                       const std::string& pipeline) {
  const std::string name = "position";
  const auto position = commit::read_position(orders, pipeline);
  if (!position) return failed(name, position.error());
  if (!position->source)
    return passed(name, "nothing is committed yet; reading begins at the earliest event");
  if (!batch::may_be_same_log(*position->source, source.identity())) {
    return failed(
        name,
        {ErrorKind::kConfig,
         fmt::format("the table was filled from another log than the source. Correct the topic or the "
                     "address, or start a new pipeline name on a new table: table {} {} {}, source {} {} {}",
                     position->source->cluster, position->source->topic, position->source->topic_id,
                     source.identity().cluster, source.identity().topic, source.identity().topic_id)});
  }
  std::int64_t behind = 0;
  for (const auto& [partition, next] : position->next) {
    const auto end = state.ends.find(partition);
    if (end == state.ends.end()) {
      return failed(name,
                    {ErrorKind::kSourceGap,
                     fmt::format("the source no longer has a partition that the table has a position of. Was "
                                 "the topic created anew? Partition {}, next offset {}",
                                 partition, next)});
    }
    const auto readers = source.open({{.partition = partition, .offset = next}});
    if (!readers) return failed(name, readers.error());
    behind += std::max<std::int64_t>(end->second.value() - next.value(), 0);
  }
  return passed(name, fmt::format("is within the source in {} partitions, {} offsets behind its end",
                                  position->next.size(), group_digits(behind)));
}

}  // namespace calve::cli
