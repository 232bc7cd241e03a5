// calve: the commands, and what they share: settings from four layers, streams, exit codes.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include "calve/base/log.h"
#include "calve/cli/command.h"
#include "calve/cli/completion.h"
#include "calve/cli/config.h"
#include "calve/cli/doctor.h"
#include "calve/cli/escape_control.h"
#include "calve/cli/produce.h"
#include "calve/cli/rejects.h"
#include "calve/cli/run.h"
#include "calve/cli/sql.h"
#include "calve/cli/stop_signals.h"
#include "calve/cli/table.h"
#include "calve/cli/usage_error.h"
#include "calve/cli/verify.h"
#include "calve/config/setting.h"
#include "calve/config/yaml_file.h"

namespace calve::cli {
namespace {

constexpr const char* kDefaultConfigFile = "config.yaml";

// In the order in which --help shows them.
std::vector<Command> all_commands() {
  return {produce_command(), run_command(),    sql_command(),    table_command(),     rejects_command(),
          verify_command(),  doctor_command(), config_command(), completion_command()};
}

// What stands on the command line besides a command's own arguments.
struct CommandLine {
  std::string config_path;
  std::vector<config::Flag> flags;
  std::vector<std::string> kafka_properties;
  OutputFormat output = OutputFormat::kText;
};

std::string_view output_name(OutputFormat output) {
  switch (output) {
    case OutputFormat::kText:
      return "text";
    case OutputFormat::kJson:
      return "json";
    case OutputFormat::kCsv:
      return "csv";
    case OutputFormat::kNdjson:
      return "ndjson";
  }
  std::unreachable();
}

void add_setting_flags(CLI::App& app, const Command& command, CommandLine& line) {
  for (const config::Setting& setting : config::all_settings()) {
    const bool is_taken = setting.section() == "log" ||
                          std::ranges::find(command.sections, setting.section()) != command.sections.end();
    if (!is_taken || setting.flag.empty()) continue;
    const std::string flag(setting.flag);
    auto* option = app.add_option_function<std::string>(
        flag,
        [&line, &setting, flag](const std::string& text) {
          line.flags.push_back({std::string(setting.key), text, flag});
        },
        fmt::format("{}{}{}", setting.description,
                    setting.fallback.empty() ? "" : fmt::format(" [{}]", setting.fallback),
                    setting.variable.empty() ? "" : fmt::format(" (env {})", setting.variable)));
    option->type_name(config::placeholder(setting))->group("Settings");
  }
  if (std::ranges::find(command.sections, "kafka") != command.sections.end()) {
    app.add_option("-X", line.kafka_properties, "Any Kafka client property, NAME=VALUE")->group("Settings");
  }
  app.add_option("--config", line.config_path,
                 "Settings file [config.yaml, if there is one] (env CALVE_CONFIG)")
      ->type_name("PATH");
  if (command.outputs.size() < 2) return;
  std::map<std::string, OutputFormat> outputs;
  std::vector<std::string_view> names;
  for (const OutputFormat output : command.outputs)
    outputs.emplace(names.emplace_back(output_name(output)), output);
  app.add_option("--output", line.output, "Form of the data")
      ->transform(CLI::CheckedTransformer(outputs).description(""))
      ->type_name(fmt::to_string(fmt::join(names, "|")));
}

Result<config::Values> read_layers(const CommandLine& line) {
  config::Layers layers{.environment = config::process_environment(), .flags = line.flags};
  for (const std::string& property : line.kafka_properties) {
    const std::size_t equals = property.find('=');
    if (equals == std::string::npos) {
      return fail(ErrorKind::kUsage, fmt::format("-X takes NAME=VALUE: '{}'", property));
    }
    layers.flags.push_back({fmt::format("{}{}", config::kKafkaPropertyPrefix, property.substr(0, equals)),
                            property.substr(equals + 1), "-X"});
  }
  std::string path = line.config_path;
  if (const auto variable = layers.environment.find("CALVE_CONFIG");
      path.empty() && variable != layers.environment.end()) {
    path = variable->second;
  }
  auto file = config::read_yaml_file(path.empty() ? kDefaultConfigFile : path);
  if (file) {
    layers.file = std::move(*file);
  } else if (!path.empty() || file.error().kind != ErrorKind::kNotFound) {
    return std::unexpected(file.error());
  }
  return config::resolve(layers);
}

Screen screen_of(int descriptor) {
  const char* terminal = std::getenv("TERM");
  const bool is_dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  const bool is_plain = is_dumb || std::getenv("NO_COLOR") != nullptr;
  return ::isatty(descriptor) == 1 && !is_plain ? Screen::kTerminal : Screen::kPlain;
}

std::optional<std::size_t> line_width_of(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

int report(const Error& error, OutputFormat output) {
  if (output == OutputFormat::kJson) {
    const nlohmann::ordered_json line = {{"error", error_kind_name(error.kind)}, {"message", error.message}};
    fmt::print(std::cerr, "{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    fmt::print(std::cerr, "calve: {}\n", escape_control_in_lines(error.message));
  }
  return exit_code(error.kind);
}

int run_command(const Command& command, const CommandLine& line, const StopSignals& signals) {
  const auto values = command.sections.empty() ? config::resolve({}) : read_layers(line);
  if (!values) return report(values.error(), line.output);
  const auto settings = config::read_settings(*values);
  if (!settings) return report(settings.error(), line.output);
  log::set_level(settings->log.level);
  log::set_format(settings->log.format);
  const auto done = command.run({.values = *values,
                                 .settings = *settings,
                                 .output = line.output,
                                 .out = std::cout,
                                 .err = std::cerr,
                                 .out_screen = screen_of(STDOUT_FILENO),
                                 .err_screen = screen_of(STDERR_FILENO),
                                 .out_line_width = line_width_of(STDOUT_FILENO),
                                 .stop = signals.token()});
  std::cout.flush();
  if (!done) return report(done.error(), line.output);
  return std::cout.good() ? EXIT_SUCCESS : EXIT_FAILURE;
}

// Help that begins with the example: most people need no more.
class ExampleFirst final : public CLI::Formatter {
 public:
  std::string make_description(const CLI::App* app) const override {
    const std::string example = app->get_footer();
    return fmt::format("{}{}\n", CLI::Formatter::make_description(app),
                       example.empty() ? "" : "\n" + example);
  }
  // CLI11 shows "--decode,--no-decode{false}".
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    const std::string name = CLI::Formatter::make_option_name(option, is_positional);
    return name.substr(0, name.find('{'));
  }
  std::string make_footer(const CLI::App*) const override { return ""; }
};

// The words after the program's name; `help COMMAND` is `COMMAND --help`.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  return words;
}

int main(int argc, char** argv) {
  const StopSignals signals;
  const std::vector<Command> commands = all_commands();
  CommandLine line;
  CLI::App app("Streams Kafka topics into Apache Iceberg tables, exactly once.", "calve");
  app.set_version_flag("--version", "calve " CALVE_VERSION);
  app.require_subcommand(1);
  app.formatter(std::make_shared<ExampleFirst>());
  const Command* chosen = nullptr;
  for (const Command& command : commands) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    sub->footer(fmt::format("Example:\n  {}", command.example));
    if (command.add_arguments) command.add_arguments(*sub);
    add_setting_flags(*sub, command, line);
    sub->final_callback([&chosen, &command] { chosen = &command; });
  }
  std::vector<std::string> words = words_of(argc, argv);
  if (!words.empty() && !words.front().starts_with('-')) {
    if (const auto known = check_command(app, words.front()); !known)
      return report(known.error(), line.output);
  }
  std::ranges::reverse(words);  // CLI11 takes the last first
  try {
    app.parse(words);
  } catch (const CLI::Success& done) {
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    return report(usage_error(app, error), OutputFormat::kText);
  }
  return run_command(*chosen, line, signals);
}

}  // namespace
}  // namespace calve::cli

int main(int argc, char** argv) {
  return calve::cli::main(argc, argv);
}
