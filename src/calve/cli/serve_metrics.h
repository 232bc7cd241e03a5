// /metrics and /healthz of `calve run`, where the settings say.

#pragma once

#include <memory>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/cli/command.h"
#include "calve/runtime/http_server.h"

namespace calve::cli {

// nullptr if they are off, and, with a warning, if the default address is taken, as it is by the first of
// two engines on one machine. An address that the user chose and that cannot be used is an error.
Result<std::unique_ptr<runtime::HttpServer>> serve_metrics(const Invocation& invocation,
                                                           runtime::Metrics& metrics,
                                                           const runtime::Health& health, const Clock& clock);

}  // namespace calve::cli
