// Events to a descriptor, one a line; keys are not written.

#pragma once

#include <memory>

#include "calve/produce/sender.h"

namespace calve::produce {

// Borrows `descriptor`, by rights that of stdout, and leaves it open. A reader that goes away is kIo,
// unless SIGPIPE has ended the process before.
std::unique_ptr<Sender> make_stdout_sender(int descriptor);

}  // namespace calve::produce
