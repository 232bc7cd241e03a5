// The command line as a value, read off CLI11's tree: what completion scripts are made from.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace calve::cli {

enum class ArgumentKind {
  kFlag,    // takes nothing
  kChoice,  // one of `choices`
  kPath,
  kText,
};

struct Argument {
  std::vector<std::string> names;  // "--warehouse", "-X"; none: stands by its place
  std::string description;         // its first sentence, as it is in --help
  ArgumentKind kind = ArgumentKind::kFlag;
  std::vector<std::string> choices;

  bool operator==(const Argument&) const = default;
};

struct CommandNode {
  std::string name;
  std::string summary;
  std::vector<Argument> arguments;

  bool operator==(const CommandNode&) const = default;
};

// The subcommands of `root`, in the order of --help.
std::vector<CommandNode> command_tree(const CLI::App& root);

// The values that the option takes; empty: any of its type.
std::vector<std::string> choices_of(const CLI::Option& option);

}  // namespace calve::cli
