// calve rejects: what became of events that broke the contract.

#pragma once

#include "calve/cli/command.h"

namespace calve::cli {

Command rejects_command();

}  // namespace calve::cli
