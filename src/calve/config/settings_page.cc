#include "calve/config/settings_page.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "calve/config/setting.h"

namespace calve::config {
namespace {

constexpr std::string_view kHead =
    R"(# Settings

Every value has four places, each stronger than the one before: default, `config.yaml`, environment, flag. `calve config` shows each value, where it came from, and secrets as `***`. A name that does not exist is an error that names the nearest one.

In `config.yaml` the dots of a key are levels: `iceberg.warehouse` is `warehouse:` below `iceberg:`. The Flink job takes the same names from its environment, from Managed Flink's property groups, or as arguments `NAME=value`.

Durations are written `500ms`, `10s`, `5m`, `2h`; sizes `64KiB`, `128MiB`, `1GiB`; shares `1%`, `0.5%`; times `2026-11-24T13:00:00Z`.
)";

constexpr std::string_view kKafkaProperties =
    R"(
Any further client property, by librdkafka's name or by that of Kafka's Java clients, is `kafka.properties.NAME` in `config.yaml`, `KAFKA_NAME` in the environment (`KAFKA_SASL_MECHANISM` is `sasl.mechanism`), and `-X NAME=VALUE` as a flag. What exactly once rests on (`isolation.level`, `enable.auto.commit`, `acks`, ...) is fixed, and refused with another value.

`sasl.oauthbearer.method` takes `aws-msk-iam` besides librdkafka's own: with `sasl.mechanism=OAUTHBEARER` and `security.protocol=SASL_SSL`, Amazon MSK is shown a token that proves AWS keys. They are those of the default chain: environment, web identity, profile, container, instance. The region is in the brokers' names, else `AWS_REGION`.
)";

struct Section {
  std::string_view name;
  std::string_view title;
};
// In the order of an event's way.
constexpr std::array kSections = {
    Section{"kafka", "Kafka"},
    Section{"file-log", "File log"},
    Section{"iceberg", "Iceberg and S3"},
    Section{"commit", "Commits"},
    Section{"run", "calve run"},
    Section{"flink", "Flink job"},
    Section{"produce", "calve produce"},
    Section{"sql", "calve sql"},
    Section{"log", "Logging"},
};

std::string code(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", text);
}

std::string variables(const Setting& setting) {
  if (setting.weaker_variable.empty()) return code(setting.variable);
  return fmt::format("`{}`, else `{}`", setting.variable, setting.weaker_variable);
}

std::string meaning(const Setting& setting) {
  std::string text(setting.description);
  if (setting.type == SettingType::kChoice)
    text += fmt::format(" (`{}`)", fmt::join(setting.choices, "`, `"));
  if (setting.sensitivity == Sensitivity::kSecret) text += " (secret)";
  return text;
}

}  // namespace

std::string settings_page() {
  std::string page(kHead);
  for (const Section& section : kSections) {
    page += fmt::format(
        "\n## {}\n\n| key | environment | flag | default | meaning |\n| --- | --- | --- | --- | --- |\n",
        section.title);
    for (const Setting& setting : all_settings()) {
      if (setting.section() != section.name) continue;
      page += fmt::format("| `{}` | {} | {} | {} | {} |\n", setting.key, variables(setting),
                          code(setting.flag), code(setting.fallback), meaning(setting));
    }
    if (section.name == "kafka") page += kKafkaProperties;
  }
  return page;
}

}  // namespace calve::config
