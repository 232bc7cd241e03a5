// calve completion

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "calve/cli/command.h"
#include "calve/cli/command_tree.h"

namespace calve::cli {

enum class Shell { kBash, kZsh, kFish };

// A script that the shell sources; it completes commands, flags, choices and paths.
std::string completion_script(Shell shell, const std::vector<CommandNode>& commands);

Command completion_command();

}  // namespace calve::cli
