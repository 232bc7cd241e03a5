#include "calve/cli/usage_error.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "calve/cli/command_tree.h"
#include "calve/config/nearest.h"

namespace calve::cli {
namespace {

// "did you mean WORD? " if one of them is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& words) {
  const auto meant = config::near(word, std::vector<std::string_view>(words.begin(), words.end()));
  return meant ? fmt::format("did you mean {}? ", *meant) : "";
}

Error usage(std::string message) {
  return {ErrorKind::kUsage, std::move(message)};
}

struct Place {
  const CLI::App& app;
  std::string name;  // as in a message
  std::string help;  // what to write to read about it
};

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_snames())
      flags.push_back("-" + name);
    for (const std::string& name : option->get_lnames())
      flags.push_back("--" + name);
  }
  return flags;
}

// The flags among the unknown words come first: the others are often their values.
std::optional<Error> unknown_word(const Place& place) {
  std::vector<std::string> unknown = place.app.remaining();
  std::erase(unknown, "--");
  if (unknown.empty()) return std::nullopt;
  const auto flag =
      std::ranges::find_if(unknown, [](const std::string& word) { return word.starts_with('-'); });
  if (flag == unknown.end()) {
    return usage(fmt::format("{} takes no argument {}; {} lists what it takes", place.name, unknown.front(),
                             place.help));
  }
  const std::string name = flag->substr(0, flag->find('='));
  return usage(fmt::format("{} has no flag {}; {}{} lists them", place.name, name,
                           suggestion(name, flags_of(place.app)), place.help));
}

// CLI11 begins what it says about an option with the option's name.
const CLI::Option* option_at_fault(const CLI::App& app, std::string_view words) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name();
    if (words.starts_with(name + ":") || words.starts_with(name + " ")) return option;
  }
  return nullptr;
}

std::string value_complaint(const CLI::Option& option, std::string_view words) {
  const std::vector<std::string>& values = option.results();
  const std::vector<std::string> choices = choices_of(option);
  if (values.size() > 1 && option.get_items_expected_max() == 1) {
    return fmt::format("is given {} times; give it once", values.size());
  }
  if (!choices.empty()) {
    const std::string one_of = fmt::format("takes {}", fmt::join(choices, ", "));
    return values.empty() ? one_of : fmt::format("{}, and not \"{}\"", one_of, values.front());
  }
  if (values.empty()) return fmt::format("takes a value, {}, and none is given", option.get_type_name());
  constexpr std::string_view kRange = "in range ";  // of CLI::Range
  if (const std::size_t range = words.find(kRange); range != std::string_view::npos) {
    return fmt::format("takes a number of {}, and not \"{}\"", words.substr(range + kRange.size()),
                       values.front());
  }
  return fmt::format("does not take \"{}\"", values.front());
}

}  // namespace

Result<void> check_command(const CLI::App& root, std::string_view word) {
  std::vector<std::string> names;
  for (const CommandNode& command : command_tree(root))
    names.push_back(command.name);
  if (std::ranges::find(names, word) != names.end()) return {};
  return std::unexpected(
      usage(fmt::format("there is no command {}; {}calve --help lists them", word, suggestion(word, names))));
}

Error usage_error(const CLI::App& root, const CLI::ParseError& error) {
  const auto chosen = root.get_subcommands();
  if (chosen.empty()) {
    const auto unknown = unknown_word({root, "calve", "calve --help"});
    return unknown.value_or(usage("no command was given; calve --help lists them"));
  }
  const std::string name = chosen.front()->get_name();
  const Place command{*chosen.front(), name, fmt::format("calve {} --help", name)};
  if (const auto unknown = unknown_word(command)) return *unknown;
  if (!root.remaining().empty()) {
    return usage(fmt::format("{} stands before the command; write it after {}: calve {} ...",
                             root.remaining().front(), name, name));
  }
  const std::string_view words = error.what();
  const CLI::Option* option = option_at_fault(command.app, words);
  if (option == nullptr) return usage(fmt::format("{}: {}; see {}", name, words, command.help));
  return usage(fmt::format("{} of {} {}; see {}", option->get_name(), name, value_complaint(*option, words),
                           command.help));
}

}  // namespace calve::cli
