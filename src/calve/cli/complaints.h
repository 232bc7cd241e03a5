// What is wrong with a table beyond single offsets, by kind; all are counted, the first few are named.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace calve::cli {

struct Complaint {
  std::int64_t count = 0;
  std::vector<std::string> first;  // at most kFirstMax details, each naming its file or snapshot

  static constexpr std::size_t kFirstMax = 10;

  bool operator==(const Complaint&) const = default;
};

// The kinds, as they appear in reports.
inline constexpr const char* kFileMissing = "file_missing";        // a snapshot refers to it
inline constexpr const char* kFileSize = "file_size";              // not the one that the table says
inline constexpr const char* kFileUnreadable = "file_unreadable";  // damaged
inline constexpr const char* kStrayFile = "stray_file";            // nothing refers to it or names it
inline constexpr const char* kLedgerChain = "ledger_chain";        // a gap or an overlap of ranges
inline constexpr const char* kLedgerCounts = "ledger_counts";      // not as many rows as the ledger says

class Complaints {
 public:
  void add(const std::string& kind, std::string detail) {
    Complaint& complaint = by_kind_[kind];
    ++complaint.count;
    if (complaint.first.size() < Complaint::kFirstMax) complaint.first.push_back(std::move(detail));
  }
  bool empty() const { return by_kind_.empty(); }
  const std::map<std::string, Complaint>& by_kind() const { return by_kind_; }

 private:
  std::map<std::string, Complaint> by_kind_;
};

}  // namespace calve::cli
