// What is wrong with a command line, and what to write instead. CLI11's own words name neither the nearest
// flag nor the choices, and give the words that it does not know in reversed order.

#pragma once

#include <string_view>

#include "calve/base/result.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace calve::cli {

// kUsage unless `word` is one of root's subcommands.
Result<void> check_command(const CLI::App& root, std::string_view word);

// `root` is what threw `error` when it parsed the command line. Always kUsage.
Error usage_error(const CLI::App& root, const CLI::ParseError& error);

}  // namespace calve::cli
