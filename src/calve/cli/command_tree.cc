#include "calve/cli/command_tree.h"

#include <CLI/CLI.hpp>

namespace calve::cli {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Argument read(const CLI::Option& option) {
  Argument argument{.description = option.get_description()};
  for (const std::string& name : option.get_snames())
    argument.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames())
    argument.names.push_back("--" + name);
  if (option.get_items_expected_max() == 0) return argument;
  const std::string type_name = option.get_type_name();
  argument.choices = choices_of(option);
  argument.kind = !argument.choices.empty()       ? ArgumentKind::kChoice
                  : type_name.starts_with("PATH") ? ArgumentKind::kPath
                                                  : ArgumentKind::kText;
  return argument;
}

}  // namespace

// CLI11 keeps choices in no list. A type name says them as "hadoop|rest|glue", and a check by IsMember
// appends "{list,replay}".
std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type_name = option.get_type_name();
  const std::size_t brace = type_name.find('{');
  if (brace != std::string::npos) {
    return split(std::string_view(type_name).substr(brace + 1, type_name.find('}', brace) - brace - 1), ',');
  }
  if (type_name.contains('|')) return split(type_name, '|');
  return {};
}

std::vector<CommandNode> command_tree(const CLI::App& root) {
  std::vector<CommandNode> commands;
  for (const CLI::App* app : root.get_subcommands([](const CLI::App*) { return true; })) {
    auto& command = commands.emplace_back();
    command.name = app->get_name();
    command.summary = app->get_description();
    for (const CLI::Option* option : app->get_options())
      command.arguments.push_back(read(*option));
  }
  return commands;
}

}  // namespace calve::cli
