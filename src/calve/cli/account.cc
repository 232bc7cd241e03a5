#include "calve/cli/account.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace calve::cli {

std::string_view fault_name(Fault fault) {
  switch (fault) {
    case Fault::kMissing:
      return "missing";
    case Fault::kDoubled:
      return "doubled";
    case Fault::kWrongTable:
      return "in the wrong table";
    case Fault::kUnknown:
      return "not in the source";
  }
  std::unreachable();
}

bool PartitionAccount::is_exact() const {
  return std::ranges::all_of(faults, [](std::int64_t count) { return count == 0; });
}

Accountant::Accountant(TableRows rows) : rows_(std::move(rows)) {
  std::ranges::sort(rows_.orders);
  std::ranges::sort(rows_.rejects);
}

void Accountant::begin(Offset source_begin) {
  const auto skip = [&](const std::vector<std::int64_t>& rows, std::size_t& next) {
    next = static_cast<std::size_t>(std::ranges::lower_bound(rows, source_begin.value()) - rows.begin());
    account_.before_source += static_cast<std::int64_t>(next);
  };
  skip(rows_.orders, next_order_);
  skip(rows_.rejects, next_reject_);
}

void Accountant::fault(Fault fault, std::int64_t offset) {
  const auto kind = static_cast<std::size_t>(fault);
  ++account_.faults[kind];
  if (account_.examples[kind].size() < PartitionAccount::kExamplesMax)
    account_.examples[kind].push_back(offset);
}

int Accountant::take(const std::vector<std::int64_t>& rows, std::size_t& at, std::int64_t offset) {
  for (; at < rows.size() && rows[at] < offset; ++at)
    fault(Fault::kUnknown, rows[at]);
  int found = 0;
  for (; at < rows.size() && rows[at] == offset; ++at)
    ++found;
  return found;
}

void Accountant::record(Offset offset, Verdict verdict) {
  ++account_.records;
  ++(verdict == Verdict::kValid ? account_.valid : account_.rejected);
  const int orders = take(rows_.orders, next_order_, offset.value());
  const int rejects = take(rows_.rejects, next_reject_, offset.value());
  const int found = orders + rejects;
  if (found == 0) {
    fault(Fault::kMissing, offset.value());
  } else if (found > 1) {
    fault(Fault::kDoubled, offset.value());
  } else if ((verdict == Verdict::kValid) != (orders == 1)) {
    fault(Fault::kWrongTable, offset.value());
  }
}

PartitionAccount Accountant::finish() {
  constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
  take(rows_.orders, next_order_, kEnd);
  take(rows_.rejects, next_reject_, kEnd);
  return std::exchange(account_, {});
}

}  // namespace calve::cli
