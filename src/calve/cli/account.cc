#include "calve/cli/account.h"

#include <numeric>
#include <utility>

namespace calve::cli {

std::string_view fault_name(Fault fault) {
  switch (fault) {
    case Fault::kMissing:
      return "missing";
    case Fault::kDuplicated:
      return "duplicated";
    case Fault::kWrongTable:
      return "wrong_table";
    case Fault::kNotInSource:
      return "not_in_source";
    case Fault::kBeyondPosition:
      return "beyond_position";
  }
  std::unreachable();
}

std::int64_t PartitionAccount::fault_count() const {
  return std::accumulate(faults.begin(), faults.end(), std::int64_t{0});
}

Accountant::Accountant(TableRows rows) : rows_(std::move(rows)) {}

void Accountant::begin(Offset source_begin) {
  account_.from = source_begin;
}

void Accountant::fault(Fault fault, std::int64_t offset) {
  const auto kind = static_cast<std::size_t>(fault);
  ++account_.faults[kind];
  if (account_.examples[kind].size() < PartitionAccount::kExamplesMax) {
    account_.examples[kind].push_back(offset);
  }
}

void Accountant::record(Offset offset, Verdict verdict) {
  const int orders = rows_.orders.take(offset.value());
  const int rejects = rows_.rejects.take(offset.value());
  if (verdict == Verdict::kNotJudged) verdict = orders > 0 ? Verdict::kValid : Verdict::kRejected;
  ++account_.records;
  ++(verdict == Verdict::kValid ? account_.valid : account_.rejected);
  if (orders + rejects == 0) {
    fault(Fault::kMissing, offset.value());
  } else if (orders + rejects > 1) {
    fault(Fault::kDuplicated, offset.value());
  } else if ((verdict == Verdict::kValid) != (orders == 1)) {
    fault(Fault::kWrongTable, offset.value());
  }
}

// The rows that no record asked for.
void Accountant::judge_rest(const Positions& positions) {
  const std::int64_t begin = account_.from.value_or(Offset(0)).value();
  rows_.orders.repeated().for_each([&](std::int64_t offset) { fault(Fault::kDuplicated, offset); });
  rows_.rejects.repeated().for_each([&](std::int64_t offset) { fault(Fault::kDuplicated, offset); });
  const auto judge = [&](std::int64_t offset, Offset position) {
    if (offset < begin) {
      ++account_.before_source;
    } else if (offset < positions.orders.value()) {
      fault(Fault::kNotInSource, offset);
    } else if (offset < position.value()) {
      ++account_.rejects_ahead;
    } else {
      fault(Fault::kBeyondPosition, offset);
    }
  };
  rows_.orders.present().for_each([&](std::int64_t offset) { judge(offset, positions.orders); });
  rows_.rejects.present().for_each([&](std::int64_t offset) {
    if (rows_.orders.present().contains(offset)) {
      fault(Fault::kDuplicated, offset);
    } else {
      judge(offset, positions.rejects);
    }
  });
}

PartitionAccount Accountant::finish(const Positions& positions) {
  account_.to = positions.orders;
  judge_rest(positions);
  return std::exchange(account_, {});
}

}  // namespace calve::cli
