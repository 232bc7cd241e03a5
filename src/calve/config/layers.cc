#include "calve/config/layers.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "calve/config/nearest.h"
#include "calve/config/setting.h"
#include "calve/kafka/property_names.h"

namespace calve::config {
namespace {

// Variables of ours that are no settings.
constexpr auto kOtherVariables = std::to_array<std::string_view>({
    "CALVE_CONFIG",    // which file is the layer
    "CALVE_CRASH_AT",  // base/crash_point.h
    "CALVE_CACHE",     // the build's
    "CALVE_DEPS",
    "CALVE_STATE",  // deploy/local's
    "CALVE_BIN",    // the tests'
});

Error unknown_key(const YamlEntry& entry) {
  std::vector<std::string_view> names;
  for (const Setting& setting : all_settings())
    names.push_back(setting.key);
  std::string next = fmt::format("did you mean {}?", nearest(entry.key, names));
  // Whoever writes a client property one level too high means the right thing.
  constexpr std::string_view kKafka = "kafka.";
  if (entry.key.starts_with(kKafka) && kafka::is_known_property(entry.key.substr(kKafka.size()))) {
    next = fmt::format("write it as {}{}", kKafkaPropertyPrefix, entry.key.substr(kKafka.size()));
  }
  return {ErrorKind::kConfig, fmt::format("There is no setting {} ({}); {}", entry.key, entry.place, next)};
}

std::optional<std::string_view> near_variable(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Setting& setting : all_settings())
    names.push_back(setting.variable);
  return near(name, names);
}

// CALVE_ names are ours. ICEBERG_ names may be another program's, unless one is ours but for a slip.
Result<void> refuse_misspelt(std::string_view name) {
  const bool is_ours = name.starts_with("CALVE_");
  if (!is_ours && !name.starts_with("ICEBERG_")) return {};
  if (std::ranges::find(kOtherVariables, name) != kOtherVariables.end()) return {};
  const auto meant = near_variable(name);
  if (!is_ours && !meant) return {};
  return fail(ErrorKind::kConfig,
              fmt::format("There is no setting {} (environment); {}", name,
                          meant ? fmt::format("did you mean {}?", *meant)
                                : "unset it, or see --help for the variables that are read"));
}

Values defaults() {
  Values values;
  for (const Setting& setting : all_settings()) {
    values.emplace(setting.key, Value{std::string(setting.fallback), {}});
  }
  return values;
}

Result<void> apply_file(const std::vector<YamlEntry>& entries, Values& values) {
  for (const YamlEntry& entry : entries) {
    if (!entry.key.starts_with(kKafkaPropertyPrefix) && find_setting(entry.key) == nullptr) {
      return std::unexpected(unknown_key(entry));
    }
    values.insert_or_assign(entry.key, Value{entry.value, {Layer::kFile, entry.place}});
  }
  return {};
}

bool is_variable_of_a_setting(std::string_view name) {
  return std::ranges::any_of(all_settings(), [&](const Setting& setting) {
    return setting.variable == name || (!setting.weaker_variable.empty() && setting.weaker_variable == name);
  });
}

Result<void> apply_environment(const Environment& environment, Values& values) {
  for (const auto& [name, text] : environment) {
    if (text.empty() || is_variable_of_a_setting(name)) continue;
    if (const auto property = kafka::property_of_environment(name)) {
      values.insert_or_assign(fmt::format("{}{}", kKafkaPropertyPrefix, *property),
                              Value{text, {Layer::kEnvironment, name}});
    } else {
      CALVE_TRY(refuse_misspelt(name));
    }
  }
  for (const Setting& setting : all_settings()) {
    for (const std::string_view variable : {setting.variable, setting.weaker_variable}) {
      const auto found = environment.find(variable);
      if (found == environment.end() || found->second.empty()) continue;
      values.insert_or_assign(std::string(setting.key),
                              Value{found->second, {Layer::kEnvironment, found->first}});
      break;
    }
  }
  return {};
}

}  // namespace

std::string_view layer_name(Layer layer) {
  switch (layer) {
    case Layer::kDefault:
      return "default";
    case Layer::kFile:
      return "file";
    case Layer::kEnvironment:
      return "environment";
    case Layer::kFlag:
      return "flag";
  }
  std::unreachable();
}

Environment process_environment() {
  Environment environment;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

Result<Values> resolve(const Layers& layers) {
  Values values = defaults();
  CALVE_TRY(apply_file(layers.file, values));
  CALVE_TRY(apply_environment(layers.environment, values));
  for (const Flag& flag : layers.flags) {
    values.insert_or_assign(flag.key, Value{flag.text, {Layer::kFlag, flag.place}});
  }
  return values;
}

}  // namespace calve::config
