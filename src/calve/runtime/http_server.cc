#include "calve/runtime/http_server.h"

#include <charconv>
#include <cstddef>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>

namespace calve::runtime {
namespace {

constexpr std::size_t kThreads = 2;
constexpr std::time_t kReadTimeoutSeconds = 5;
constexpr std::size_t kRequestBytesMax = std::size_t{16} << 10;

struct Address {
  std::string host;
  int port = 0;
};

Result<Address> parse_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  int port = -1;
  if (colon != std::string::npos && colon > 0) {
    const char* begin = text.data() + colon + 1;
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size()) port = -1;
  }
  if (port < 0 || port > 65'535) {
    return fail(ErrorKind::kConfig, fmt::format("The address of /metrics must be HOST:PORT, for example "
                                                "127.0.0.1:9464: '{}'",
                                                text));
  }
  return Address{text.substr(0, colon), port};
}

}  // namespace

struct HttpServer::Impl {
  httplib::Server server;
  int port = 0;
  std::jthread thread;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
  impl_->server.stop();
}

int HttpServer::port() const {
  return impl_->port;
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const std::string& address, Metrics& metrics,
                                                       const Health& health, const Clock& clock) {
  const Address at = CALVE_TRY(parse_address(address));
  auto impl = std::make_unique<Impl>();
  httplib::Server& server = impl->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  // The library's own also set SO_REUSEPORT, by which two processes share a port, and each gets some of
  // the requests.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  // One request a connection: idle ones would hold the few threads, and delay the end.
  server.set_keep_alive_max_count(1);
  server.set_read_timeout(kReadTimeoutSeconds);
  server.set_payload_max_length(kRequestBytesMax);
  server.Get("/metrics", [&](const httplib::Request&, httplib::Response& response) {
    metrics.set_healthy(health.report(clock.steady_now()).is_healthy);
    response.set_content(metrics.expose(), "text/plain; version=0.0.4");
  });
  server.Get("/healthz", [&](const httplib::Request&, httplib::Response& response) {
    const Health::Report report = health.report(clock.steady_now());
    response.status = report.is_healthy ? 200 : 503;
    response.set_content(report.is_healthy ? "ok\n" : report.reason + "\n", "text/plain");
  });
  impl->port = at.port == 0 ? server.bind_to_any_port(at.host) : at.port;
  const bool bound = at.port == 0 ? impl->port > 0 : server.bind_to_port(at.host, at.port);
  if (!bound) {
    return fail(ErrorKind::kConfig,
                fmt::format("The address of /metrics cannot be used; another process may have it. "
                            "Choose another by CALVE_HTTP_LISTEN, or off: {}",
                            address));
  }
  impl->thread = std::jthread([&server] { server.listen_after_bind(); });
  // Until it runs, a stop() would be lost.
  while (!server.is_running())
    std::this_thread::sleep_for(Milliseconds(1));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

}  // namespace calve::runtime
