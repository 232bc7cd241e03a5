// calve verify

#pragma once

#include "calve/cli/command.h"

namespace calve::cli {

Command verify_command();

}  // namespace calve::cli
