// calve config: each setting, its value and where it came from.

#pragma once

#include "calve/cli/command.h"

namespace calve::cli {

Command config_command();

}  // namespace calve::cli
