// What `calve verify` found, for people and for machines.

#pragma once

#include <ostream>

#include "calve/cli/verification.h"

namespace calve::cli {

// A row a partition, what is wrong by partition and offset, and a last line that says it all.
void print_verification(std::ostream& out, const Verification& verification);

// One line. docs/reference/commands.md lists the members.
void print_verification_json(std::ostream& out, const Verification& verification);

}  // namespace calve::cli
