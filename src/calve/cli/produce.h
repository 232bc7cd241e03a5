// calve produce

#pragma once

#include "calve/cli/command.h"

namespace calve::cli {

Command produce_command();

}  // namespace calve::cli
