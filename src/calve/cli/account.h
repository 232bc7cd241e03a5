// Accounting for every offset: what the source holds against what the tables hold.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "calve/base/ids.h"
#include "calve/cli/offset_set.h"

namespace calve::cli {

enum class Verdict : std::uint8_t {
  kValid,
  kRejected,
  kNotJudged,  // the event was not decoded: it may lie in either table
};

// Which offsets of one partition have a row, by table.
struct TableRows {
  OffsetCounts orders;
  OffsetCounts rejects;
};

// What is wrong with single offsets; all are counted, the first few of each kind are named.
enum class Fault : std::uint8_t {
  kMissing,         // in the source, in no table
  kDuplicated,      // more than once in the tables
  kWrongTable,      // valid and in rejects, or the other way round
  kNotInSource,     // in a table, but the source holds no such record
  kBeyondPosition,  // in a table, but the table says that reading did not come so far
};
inline constexpr int kFaultKinds = 5;
std::string_view fault_name(Fault fault);  // "missing", "duplicated", "wrong_table", ...

struct PartitionAccount {
  std::optional<Offset> from;  // where the source begins; none if it was not read
  Offset to;                   // the table's position
  std::int64_t records = 0;    // in the source, below the position
  std::int64_t valid = 0;
  std::int64_t rejected = 0;
  std::int64_t before_source = 0;  // rows whose records the source has deleted since
  // Rejects that were committed ahead of their orders, as a crash between the two leaves them; the next
  // run commits the orders and does not write these again.
  std::int64_t rejects_ahead = 0;
  std::array<std::int64_t, kFaultKinds> faults{};
  std::array<std::vector<std::int64_t>, kFaultKinds> examples;

  static constexpr std::size_t kExamplesMax = 10;

  std::int64_t fault_count() const;
};

// One partition, front to back: begin(), record() for each, finish().
class Accountant {
 public:
  explicit Accountant(TableRows rows);

  // The source begins here.
  void begin(Offset source_begin);
  // The source's next record, ascending, below the table's position.
  void record(Offset offset, Verdict verdict);

  struct Positions {
    Offset orders;
    Offset rejects;  // not below it where rejects are ahead
  };
  PartitionAccount finish(const Positions& positions);

 private:
  void fault(Fault fault, std::int64_t offset);
  void judge_rest(const Positions& positions);

  TableRows rows_;
  PartitionAccount account_;
};

}  // namespace calve::cli
