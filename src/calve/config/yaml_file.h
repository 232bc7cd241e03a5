// config.yaml as a list of settings: nested mappings whose leaves are scalars.
//
// A strict part of YAML: one document, no tabs before a key, no aliases, anchors or tags (so that no
// file grows when it is read), no lists, no key twice. Nesting and dots are the same:
//
//   kafka:
//     bootstrap.servers: localhost:9092     ->  kafka.bootstrap.servers
//     properties:
//       sasl.mechanism: SCRAM-SHA-512       ->  kafka.properties.sasl.mechanism
//
// Whether a key exists is not looked at here.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/result.h"

namespace calve::config {

inline constexpr std::size_t kYamlFileBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kYamlDepthMax = 16;

struct YamlEntry {
  std::string key;    // with dots
  std::string value;  // as written, quotes undone
  std::string place;  // "config.yaml:12"

  bool operator==(const YamlEntry&) const = default;
};

// kConfig with the place, kIo if the file cannot be read, kNotFound if there is none.
Result<std::vector<YamlEntry>> read_yaml_file(const std::string& path);

// As above, from memory; `name` stands for the file in messages.
Result<std::vector<YamlEntry>> parse_yaml(std::string_view text, const std::string& name);

}  // namespace calve::config
