// calve doctor

#pragma once

#include "calve/cli/command.h"

namespace calve::cli {

Command doctor_command();

}  // namespace calve::cli
