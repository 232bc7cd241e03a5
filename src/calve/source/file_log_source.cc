#include "calve/source/file_log_source.h"

#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "calve/source/file_log_identity.h"
#include "calve/source/file_log_reader.h"
#include "calve/source/reader_set.h"

namespace calve::source {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".ndjson";

std::optional<PartitionId> partition_of(const std::string& file_name) {
  if (!file_name.ends_with(kExtension)) return std::nullopt;
  const std::string_view digits(file_name.data(), file_name.size() - kExtension.size());
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0') || digits.front() == '-')
    return std::nullopt;
  std::int32_t number = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (code != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return PartitionId(number);
}

Result<void> check_topic_name(const std::string& topic) {
  if (topic.empty() || topic == "." || topic == ".." || topic.contains('/') || topic.contains('\0')) {
    return fail(
        ErrorKind::kConfig,
        fmt::format("the topic's name cannot name a folder of the file log; use letters, digits, '.', "
                    "'_' and '-': \"{}\"",
                    topic));
  }
  return {};
}

class FileLogSource final : public Source {
 public:
  FileLogSource(FileLogOptions options, const Uuid& identity)
      : options_(std::move(options)),
        folder_(options_.root / options_.topic),
        identity_{.cluster = "file", .topic = options_.topic, .topic_id = to_string(identity)} {}

  const batch::LogIdentity& identity() const override { return identity_; }

  Result<std::vector<Event>> poll(Milliseconds wait_max, const std::stop_token& stop) override {
    const auto deadline = options_.clock->steady_now() + wait_max;
    while (true) {
      CALVE_TRY(check_identity());
      Assigned assigned;
      for (const auto partition : CALVE_TRY(partitions())) {
        if (assigned_.insert(partition).second) assigned.partitions.push_back(partition);
      }
      if (!assigned.partitions.empty()) return std::vector<Event>{std::move(assigned)};
      const auto now = options_.clock->steady_now();
      if (stop.stop_requested() || now >= deadline) return std::vector<Event>{};
      pause_.wait_until(std::min(deadline, now + options_.rescan_interval), stop);
    }
  }

  Result<std::vector<std::unique_ptr<PartitionReader>>> open(const std::vector<Start>& starts) override {
    std::vector<std::unique_ptr<PartitionReader>> readers;
    for (const auto& start : starts) {
      readers.push_back(CALVE_TRY(FileLogReader::open({.partition = start.partition,
                                                       .path = path_of(start.partition),
                                                       .start = start.offset.value_or(Offset(0)),
                                                       .line_bytes_max = options_.line_bytes_max,
                                                       .tail_interval = options_.tail_interval,
                                                       .clock = options_.clock})));
    }
    return readers;
  }

  Result<void> release(const std::vector<PartitionId>&) override { return {}; }

  Result<std::map<PartitionId, Offset>> end_offsets() override {
    std::map<PartitionId, Offset> ends;
    for (const auto partition : CALVE_TRY(partitions())) {
      ends.emplace(partition, CALVE_TRY(end_of_file_log(path_of(partition))));
    }
    return ends;
  }

  Result<void> check_identity() override {
    const auto found = read_file_log_identity(folder_);
    if (found && to_string(*found) == identity_.topic_id) return {};
    if (!found && found.error().kind != ErrorKind::kNotFound) return std::unexpected(found.error());
    return fail(
        ErrorKind::kSourceGap,
        fmt::format("the file log was removed or re-created while it was read; start again to see the "
                    "choices: {}, was {}, is {}",
                    folder_.string(), identity_.topic_id, found ? to_string(*found) : "gone"));
  }

  std::optional<Offset> known_end(PartitionId partition) const override {
    std::error_code code;
    const auto size = fs::file_size(path_of(partition), code);
    if (code) return std::nullopt;
    return Offset(static_cast<std::int64_t>(size));
  }

  void acknowledge(const std::map<PartitionId, Offset>&) override {}
  Health health() const override { return {}; }

 private:
  fs::path path_of(PartitionId partition) const {
    return folder_ / fmt::format("{}{}", partition, kExtension);
  }

  Result<std::set<PartitionId>> partitions() const {
    std::set<PartitionId> found;
    std::error_code code;
    fs::directory_iterator entry(folder_, code);
    for (; !code && entry != fs::directory_iterator(); entry.increment(code)) {
      if (const auto partition = partition_of(entry->path().filename().string())) found.insert(*partition);
    }
    if (code) {
      return fail(ErrorKind::kIo, fmt::format("cannot list the file log's folder; check that it can be read: "
                                              "{}: {}",
                                              code.message(), folder_.string()));
    }
    return found;
  }

  FileLogOptions options_;
  fs::path folder_;
  batch::LogIdentity identity_;
  std::set<PartitionId> assigned_;
  Waker pause_;
};

Result<Uuid> find_identity(const fs::path& folder, IfAbsent if_absent) {
  if (if_absent == IfAbsent::kCreate) return ensure_file_log_identity(folder);
  auto identity = read_file_log_identity(folder);
  if (identity || identity.error().kind != ErrorKind::kNotFound) return identity;
  return fail(ErrorKind::kNotFound,
              fmt::format("There is no file log; check the folder and the topic's name, or set "
                          "KAFKA_BOOTSTRAP_SERVERS if events come from Kafka: {}",
                          folder.string()));
}

}  // namespace

Result<std::unique_ptr<Source>> open_file_log(FileLogOptions options) {
  CALVE_TRY(check_topic_name(options.topic));
  const auto identity = CALVE_TRY(find_identity(options.root / options.topic, options.if_absent));
  return std::make_unique<FileLogSource>(std::move(options), identity);
}

}  // namespace calve::source
