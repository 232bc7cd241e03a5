// /metrics for Prometheus and /healthz for whoever restarts what is stuck.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/runtime/health.h"
#include "calve/runtime/metrics.h"

namespace calve::runtime {

class HttpServer {
 public:
  // Listens at "HOST:PORT" on threads of its own until it is destroyed. Both outlive the server.
  // GET /healthz answers 200 "ok", or 503 with the reason. Nothing else is served, and nothing here
  // asks who calls: listen on loopback, or put what asks in front. kConfig for an address that is not
  // one or is taken.
  static Result<std::unique_ptr<HttpServer>> listen(const std::string& address, Metrics& metrics,
                                                    const Health& health, const Clock& clock);
  ~HttpServer();

  // The port that it listens at: the one asked for, or the one that port 0 became.
  int port() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace calve::runtime
