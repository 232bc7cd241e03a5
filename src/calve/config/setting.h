// What can be configured: one list, from which config.yaml, the environment, the flags, the help texts
// and `calve config` all take their names.

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace calve::config {

// How the text of a value is read; see quantity.h for the grammars.
enum class SettingType {
  kText,
  kChoice,    // one of `choices`
  kPath,      // relative to the working directory
  kDuration,  // "500ms"
  kBytes,     // "64MiB"
  kShare,     // "1%"
  kCount,     // "1000000"
  kTime,      // "2026-11-24T13:00:00Z"
};

enum class Sensitivity { kOpen, kSecret };

struct Setting {
  std::string_view key;                   // in config.yaml: "iceberg.warehouse"
  std::string_view flag;                  // "--warehouse"
  std::string_view variable;              // "ICEBERG_WAREHOUSE"
  std::string_view weaker_variable = {};  // taken where `variable` is not set
  SettingType type = SettingType::kText;
  std::string_view fallback = {};  // the default; empty: not set
  std::span<const std::string_view> choices = {};
  Sensitivity sensitivity = Sensitivity::kOpen;
  std::string_view description;

  // The part of the key before its first dot: commands take the flags of whole sections.
  std::string_view section() const { return key.substr(0, key.find('.')); }
};

// In the order in which they are shown.
std::span<const Setting> all_settings();

const Setting* find_setting(std::string_view key);

// Keys that begin so are Kafka client properties, any of them:
//   config.yaml   kafka: { properties: { sasl.mechanism: SCRAM-SHA-512 } }
//   environment   KAFKA_SASL_MECHANISM
//   flag          -X sasl.mechanism=SCRAM-SHA-512
inline constexpr std::string_view kKafkaPropertyPrefix = "kafka.properties.";

// Whether the value under that key may be shown to nobody.
bool is_secret(std::string_view key);

// What a value looks like, for help texts and completion: "DURATION", "hadoop|rest|glue".
std::string placeholder(const Setting& setting);

}  // namespace calve::config
