// The four layers of configuration, and what comes out on top:
//
//   default  <  config.yaml  <  environment  <  flag
//
// Values stay text here, each with its origin; settings.h gives them their types.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/result.h"
#include "calve/config/yaml_file.h"

namespace calve::config {

enum class Layer { kDefault, kFile, kEnvironment, kFlag };

std::string_view layer_name(Layer layer);

struct Origin {
  Layer layer = Layer::kDefault;
  std::string place;  // "config.yaml:12", "KAFKA_TOPIC", "--topic"; empty for a default

  bool operator==(const Origin&) const = default;
};

struct Value {
  std::string text;  // empty: not set
  Origin origin;

  bool operator==(const Value&) const = default;
};

// By key: every setting, and each Kafka client property that was given.
using Values = std::map<std::string, Value, std::less<>>;

using Environment = std::map<std::string, std::string, std::less<>>;

Environment process_environment();

struct Flag {
  std::string key;
  std::string text;
  std::string place;  // the flag as it was written
};

struct Layers {
  std::vector<YamlEntry> file;
  Environment environment;
  std::vector<Flag> flags;  // of one key the last one counts
};

// An empty variable counts as not set. kConfig, with its place and the nearest name there is, for a key
// of the file that is no setting, and for a variable that begins with CALVE_ and is none.
Result<Values> resolve(const Layers& layers);

}  // namespace calve::config
