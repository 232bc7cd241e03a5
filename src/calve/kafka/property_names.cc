#include "calve/kafka/property_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <sstream>
#include <vector>

#include <librdkafka/rdkafka.h>

namespace calve::kafka {
namespace {

struct Roles {
  bool consumer = false;
  bool producer = false;
};

// librdkafka tells its properties only as a printed table:
//   Property                 | C/P | Range | Default | Importance | Description
std::map<std::string, Roles, std::less<>> read_table() {
  char* text = nullptr;
  std::size_t size = 0;
  FILE* const stream = ::open_memstream(&text, &size);
  if (stream == nullptr) std::abort();
  rd_kafka_conf_properties_show(stream);
  std::fclose(stream);
  std::istringstream lines(std::string(text, size));
  std::free(text);

  std::map<std::string, Roles, std::less<>> table;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream columns(line);
    std::string name, bar, role;
    if (!(columns >> name >> bar >> role) || bar != "|") continue;
    if (role != "*" && role != "C" && role != "P") continue;
    Roles& roles = table[name];
    roles.consumer |= role != "P";
    roles.producer |= role != "C";
  }
  return table;
}

const std::map<std::string, Roles, std::less<>>& table() {
  static const auto read = read_table();
  return read;
}

std::size_t edits_between(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

bool is_known_property(std::string_view name) {
  return table().contains(name);
}

bool is_property_of(std::string_view name, Role role) {
  const auto found = table().find(name);
  if (found == table().end()) return false;
  return role == Role::kConsumer ? found->second.consumer : found->second.producer;
}

std::string nearest_property(std::string_view name) {
  return std::ranges::min_element(table(), {},
                                  [name](const auto& entry) { return edits_between(name, entry.first); })
      ->first;
}

bool is_secret_property(std::string_view name) {
  constexpr std::array kMarks = {"password",           "secret",  "jaas",
                                 "oauthbearer.config", "key.pem", "keystore.key"};
  return std::ranges::any_of(kMarks, [name](const char* mark) { return name.contains(mark); });
}

std::optional<std::string> property_of_environment(std::string_view variable) {
  constexpr std::string_view kPrefix = "KAFKA_";
  constexpr std::array kOthers = {"TOPIC", "HOME", "OPTS", "DEBUG", "VERSION", "PORT"};
  constexpr std::array kOtherPrefixes = {"HEAP_", "JVM_", "JMX_", "LOG4J_", "GC_", "SERVICE_", "PORT_"};
  if (!variable.starts_with(kPrefix)) return std::nullopt;
  variable.remove_prefix(kPrefix.size());
  if (variable.empty()) return std::nullopt;
  if (std::ranges::any_of(kOthers, [variable](const char* other) { return variable == other; }) ||
      std::ranges::any_of(kOtherPrefixes,
                          [variable](const char* other) { return variable.starts_with(other); })) {
    return std::nullopt;
  }
  std::string name(variable);
  std::ranges::transform(name, name.begin(), [](char c) {
    return c == '_' ? '.' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return name;
}

}  // namespace calve::kafka
