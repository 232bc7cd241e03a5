#include "calve/cli/serve_metrics.h"

#include "calve/base/log.h"

namespace calve::cli {

Result<std::unique_ptr<runtime::HttpServer>> serve_metrics(const Invocation& invocation,
                                                           runtime::Metrics& metrics,
                                                           const runtime::Health& health,
                                                           const Clock& clock) {
  const auto& address = invocation.settings.run.http_listen;
  if (!address) return nullptr;
  auto server = runtime::HttpServer::listen(*address, metrics, health, clock);
  if (server) {
    log::info("/metrics and /healthz answer on port {}", (*server)->port());
    return server;
  }
  const config::Origin& origin = invocation.values.find("run.http-listen")->second.origin;
  if (origin.layer != config::Layer::kDefault) return std::unexpected(server.error());
  log::warn("without /metrics and /healthz: {}", server.error().message);
  return nullptr;
}

}  // namespace calve::cli
