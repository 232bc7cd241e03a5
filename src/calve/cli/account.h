// Accounting for every offset: what the source holds against what the tables hold.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"

namespace calve::cli {

enum class Verdict : std::uint8_t { kValid, kRejected };

// Where rows of one partition came from, by table. Sorted by seal().
struct TableRows {
  std::vector<std::int64_t> orders;  // source offsets
  std::vector<std::int64_t> rejects;
};

// What is wrong with single offsets; all kinds are counted, the first few are named.
enum class Fault : std::uint8_t {
  kMissing,     // in the source, in no table
  kDoubled,     // more than once in the tables
  kWrongTable,  // valid and in rejects, or the other way round
  kUnknown,     // in a table, but the source holds no such record
};
inline constexpr int kFaultKinds = 4;
std::string_view fault_name(Fault fault);

struct PartitionAccount {
  std::int64_t records = 0;  // in the source, below the position
  std::int64_t valid = 0;
  std::int64_t rejected = 0;
  std::array<std::int64_t, kFaultKinds> faults{};
  std::array<std::vector<std::int64_t>, kFaultKinds> examples;  // at most kExamplesMax each
  std::int64_t before_source = 0;  // rows whose records the source has deleted since: not checked

  static constexpr std::size_t kExamplesMax = 10;

  bool is_exact() const;
};

// One partition, front to back. Holds 8 bytes for each row of the tables.
class Accountant {
 public:
  // Rows in any order.
  explicit Accountant(TableRows rows);

  // The source begins here: rows below cannot be checked.
  void begin(Offset source_begin);
  // The source's next record, ascending.
  void record(Offset offset, Verdict verdict);
  // After the last record below the position.
  PartitionAccount finish();

 private:
  void fault(Fault fault, std::int64_t offset);
  // Rows of one table at exactly this offset; rows passed over belong to no record.
  int take(const std::vector<std::int64_t>& rows, std::size_t& at, std::int64_t offset);

  TableRows rows_;
  std::size_t next_order_ = 0;
  std::size_t next_reject_ = 0;
  PartitionAccount account_;
};

}  // namespace calve::cli
