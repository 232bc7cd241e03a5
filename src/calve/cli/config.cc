#include "calve/cli/config.h"

#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include "calve/cli/text_table.h"
#include "calve/config/setting.h"

namespace calve::cli {
namespace {

struct Arguments {
  bool is_all = false;
};

struct Shown {
  std::string key;
  std::string text;  // "***" for a secret
  config::Origin origin;
};

// In the schema's order; the Kafka client properties after Kafka's own settings.
std::vector<Shown> shown_values(const config::Values& values) {
  std::vector<Shown> shown;
  const auto show = [&](const std::string& key, const config::Value& value) {
    const bool is_hidden = config::is_secret(key) && !value.text.empty();
    shown.push_back({key, is_hidden ? "***" : value.text, value.origin});
  };
  std::string_view section;
  const auto end_section = [&] {
    if (section != "kafka") return;
    for (auto at = values.lower_bound(config::kKafkaPropertyPrefix);
         at != values.end() && at->first.starts_with(config::kKafkaPropertyPrefix); ++at) {
      show(at->first, at->second);
    }
  };
  for (const config::Setting& setting : config::all_settings()) {
    if (setting.section() != section) end_section();
    section = setting.section();
    const auto found = values.find(setting.key);
    show(found->first, found->second);
  }
  end_section();
  return shown;
}

std::string origin_text(const config::Origin& origin) {
  if (origin.layer == config::Layer::kDefault) return "default";
  return fmt::format("{} {}", config::layer_name(origin.layer), origin.place);
}

void print_json(std::ostream& out, const std::vector<Shown>& values) {
  nlohmann::ordered_json settings = nlohmann::ordered_json::array();
  for (const Shown& value : values) {
    nlohmann::ordered_json json = {
        {"key", value.key}, {"value", value.text}, {"origin", config::layer_name(value.origin.layer)}};
    if (value.text.empty()) json["value"] = nullptr;
    if (!value.origin.place.empty()) json["place"] = value.origin.place;
    settings.push_back(std::move(json));
  }
  fmt::print(out, "{}\n", settings.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

Result<void> run(const Invocation& invocation, const Arguments& arguments) {
  const std::vector<Shown> values = shown_values(invocation.values);
  if (invocation.output == OutputFormat::kJson) {
    print_json(invocation.out, values);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const Shown& value : values) {
    if (value.text.empty() && !arguments.is_all) continue;
    rows.push_back({value.key, value.text, origin_text(value.origin)});
  }
  print_table(invocation.out, {{"setting"}, {"value"}, {"origin"}}, rows);
  return {};
}

}  // namespace

Command config_command() {
  const auto arguments = std::make_shared<Arguments>();  // shared by the two functions below
  return {.name = "config",
          .summary = "Show each setting, its value and where it came from",
          .example =
              "calve config\n"
              "  calve config --all --output json",
          .sections = {"kafka", "file-log", "iceberg", "commit", "run", "produce", "sql"},
          .add_arguments =
              [arguments](CLI::App& app) {
                app.add_flag("--all", arguments->is_all, "Also settings that have no value");
              },
          .run = [arguments](const Invocation& invocation) { return run(invocation, *arguments); }};
}

}  // namespace calve::cli
