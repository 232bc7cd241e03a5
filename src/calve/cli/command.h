// What a subcommand is. Each is one file with one function that makes it; main.cc lists them.
//
//   std::vector<Command> commands = {run_command(), produce_command(), ...};

#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string_view>
#include <vector>

#include "calve/base/result.h"
#include "calve/config/layers.h"
#include "calve/config/settings.h"

namespace CLI {
class App;
}

namespace calve::cli {

enum class OutputFormat { kText, kJson, kCsv, kNdjson };

// How much the other end of a stream can show.
enum class Screen { kTerminal, kPlain };

// What a command is given. Data goes to `out`, talk to `err`; commands touch no other stream.
struct Invocation {
  const config::Values& values;
  const config::Settings& settings;
  OutputFormat output = OutputFormat::kText;
  std::ostream& out;
  std::ostream& err;
  Screen out_screen = Screen::kPlain;
  Screen err_screen = Screen::kPlain;
  std::optional<std::size_t> out_line_width;  // of a terminal
  std::stop_token stop;                       // SIGINT or SIGTERM
};

struct Command {
  std::string_view name;
  std::string_view summary;  // one line
  std::string_view example;  // shown first in --help
  // Settings of these sections are its flags; "log" is everybody's. Without a section the command works
  // whatever the configuration holds, and is given the defaults.
  std::vector<std::string_view> sections;
  // Arguments of its own; may be empty. What it captures lives as long as the command.
  std::function<void(CLI::App&)> add_arguments;
  std::function<Result<void>(const Invocation&)> run;
  std::vector<OutputFormat> outputs = {OutputFormat::kText, OutputFormat::kJson};  // that `run` can give
};

}  // namespace calve::cli
