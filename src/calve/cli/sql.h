// calve sql

#pragma once

#include "calve/cli/command.h"

namespace calve::cli {

Command sql_command();

}  // namespace calve::cli
