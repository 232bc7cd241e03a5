// calve run

#pragma once

#include "calve/cli/command.h"

namespace calve::cli {

Command run_command();

}  // namespace calve::cli
