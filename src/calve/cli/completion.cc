#include "calve/cli/completion.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

namespace calve::cli {
namespace {

const std::vector<std::string> kShellNames = {"bash", "zsh", "fish"};  // in the order of Shell

constexpr std::string_view kBashBegin = R"(# calve for bash: source <(calve completion bash)
_calve() {
  local command=${COMP_WORDS[1]} current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    command='' previous=''
  fi
  case $command:$previous in
)";
constexpr std::string_view kBashMiddle = R"(  esac
  case $command in
)";
constexpr std::string_view kBashEnd = R"(  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _calve calve
)";

// What follows a name of the argument in bash; empty for a flag, which takes nothing.
std::string bash_values(const Argument& argument) {
  switch (argument.kind) {
    case ArgumentKind::kFlag:
      return "";
    case ArgumentKind::kChoice:
      return fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$current\"); return",
                         fmt::join(argument.choices, " "));
    case ArgumentKind::kPath:
      return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return";
    case ArgumentKind::kText:
      return "COMPREPLY=(); return";
  }
  std::unreachable();
}

std::string bash_script(const std::vector<CommandNode>& commands) {
  std::string values;
  std::string words;
  std::vector<std::string_view> names;
  for (const CommandNode& command : commands) {
    names.push_back(command.name);
    std::vector<std::string_view> own;
    for (const Argument& argument : command.arguments) {
      const std::string reply = bash_values(argument);
      for (const std::string& name : argument.names) {
        own.push_back(name);
        if (!reply.empty()) values += fmt::format("    {}:{}) {} ;;\n", command.name, name, reply);
      }
      if (argument.names.empty()) own.insert(own.end(), argument.choices.begin(), argument.choices.end());
    }
    words += fmt::format("    {}) words='{}' ;;\n", command.name, fmt::join(own, " "));
  }
  words += fmt::format("    '') words='{}' ;;\n", fmt::join(names, " "));
  return fmt::format("{}{}{}{}{}", kBashBegin, values, kBashMiddle, words, kBashEnd);
}

// A word of zsh or fish.
std::string shell_word(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

std::string with_backslashes(std::string_view text, std::string_view before) {
  std::string result;
  for (const char c : text) {
    if (before.contains(c)) result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_values(const Argument& argument) {
  switch (argument.kind) {
    case ArgumentKind::kFlag:
      return "";
    case ArgumentKind::kChoice:
      return fmt::format(":value:({})", fmt::join(argument.choices, " "));
    case ArgumentKind::kPath:
      return ":path:_files";
    case ArgumentKind::kText:
      return ":value:";
  }
  std::unreachable();
}

std::string zsh_script(const std::vector<CommandNode>& commands) {
  constexpr std::string_view kSpecial = "[]:\\";  // to _arguments
  std::string list;
  std::string cases;
  for (const CommandNode& command : commands) {
    list += fmt::format("    {}\n", shell_word(fmt::format("{}:{}", command.name, command.summary)));
    cases += fmt::format("    {})\n      _arguments", command.name);
    for (const Argument& argument : command.arguments) {
      for (const std::string& name : argument.names) {
        cases += fmt::format(
            " \\\n        {}",
            shell_word(fmt::format("{}[{}]{}", name, with_backslashes(argument.description, kSpecial),
                                   zsh_values(argument))));
      }
      if (argument.names.empty()) cases += fmt::format(" \\\n        '{}'", zsh_values(argument));
    }
    cases += " ;;\n";
  }
  return fmt::format(
      "#compdef calve\n"
      "# calve for zsh: source <(calve completion zsh)\n"
      "_calve() {{\n"
      "  local -a commands=(\n{}  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $command in\n{}  esac\n"
      "}}\n"
      "if [[ $funcstack[1] == _calve ]]; then _calve \"$@\"; else compdef _calve calve; fi\n",
      list, cases);
}

std::string fish_values(const Argument& argument) {
  switch (argument.kind) {
    case ArgumentKind::kFlag:
      return "";
    case ArgumentKind::kChoice:
      return fmt::format(" -x -a '{}'", fmt::join(argument.choices, " "));
    case ArgumentKind::kPath:
      return " -r -F";
    case ArgumentKind::kText:
      return " -x";
  }
  std::unreachable();
}

std::string fish_name(std::string_view name) {
  return name.starts_with("--") ? fmt::format(" -l {}", name.substr(2))
                                : fmt::format(" -s {}", name.substr(1));
}

std::string fish_script(const std::vector<CommandNode>& commands) {
  constexpr std::string_view kSpecial = "\\";
  std::string script = "# calve for fish: calve completion fish | source\ncomplete -c calve -f\n";
  for (const CommandNode& command : commands) {
    script += fmt::format("complete -c calve -n __fish_use_subcommand -a {} -d {}\n", command.name,
                          shell_word(with_backslashes(command.summary, kSpecial)));
    for (const Argument& argument : command.arguments) {
      std::string names;
      for (const std::string& name : argument.names)
        names += fish_name(name);
      if (names.empty() && argument.choices.empty()) continue;
      script += fmt::format("complete -c calve -n '__fish_seen_subcommand_from {}'{}{} -d {}\n", command.name,
                            names, fish_values(argument),
                            shell_word(with_backslashes(argument.description, kSpecial)));
    }
  }
  return script;
}

}  // namespace

std::string completion_script(Shell shell, const std::vector<CommandNode>& commands) {
  switch (shell) {
    case Shell::kBash:
      return bash_script(commands);
    case Shell::kZsh:
      return zsh_script(commands);
    case Shell::kFish:
      return fish_script(commands);
  }
  std::unreachable();
}

Command completion_command() {
  struct Arguments {
    std::string shell;
    const CLI::App* root = nullptr;  // outlives the command's run
  };
  const auto arguments = std::make_shared<Arguments>();  // shared by the two functions below
  return {.name = "completion",
          .summary = "Print a script that completes calve's commands and flags in a shell",
          .example =
              "source <(calve completion bash)\n"
              "  calve completion fish | source",
          .sections = {},
          .add_arguments =
              [arguments](CLI::App& app) {
                arguments->root = app.get_parent();
                app.add_option("SHELL", arguments->shell, "Which shell")
                    ->required()
                    ->check(CLI::IsMember(kShellNames));
              },
          .run = [arguments](const Invocation& invocation) -> Result<void> {
            const auto shell =
                static_cast<Shell>(std::ranges::find(kShellNames, arguments->shell) - kShellNames.begin());
            fmt::print(invocation.out, "{}", completion_script(shell, command_tree(*arguments->root)));
            return {};
          },
          .outputs = {OutputFormat::kText}};
}

}  // namespace calve::cli
