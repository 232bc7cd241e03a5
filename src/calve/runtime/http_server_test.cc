#include "calve/runtime/http_server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/runtime/pipeline_under_test.h"
#include "calve/storage/http.h"

namespace calve::runtime {
namespace {

using testing::HasSubstr;

class HttpServerTest : public testing::Test {
 protected:
  std::unique_ptr<HttpServer> listen(const std::string& address) {
    auto server = HttpServer::listen(address, metrics_, health_, clock_);
    EXPECT_TRUE(server) << server.error().message;
    return server ? std::move(*server) : nullptr;
  }

  storage::HttpResponse send(const std::string& method, int port, const std::string& path,
                             std::string_view body = "") {
    auto response = client_.send(
        {.method = method, .url = fmt::format("http://127.0.0.1:{}{}", port, path), .body = body});
    EXPECT_TRUE(response) << response.error().message;
    return response.value_or(storage::HttpResponse{});
  }

  Metrics metrics_{"orders"};
  Health health_{Milliseconds(3'000)};
  TurnedClock clock_;
  storage::HttpClient client_{{}};
};

TEST_F(HttpServerTest, ServesMetrics) {
  const auto server = listen("127.0.0.1:0");
  ASSERT_GT(server->port(), 0);
  metrics_.count_read(3, 300);
  const auto response = send("GET", server->port(), "/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-type"), "text/plain; version=0.0.4");
  EXPECT_THAT(response.body, HasSubstr("calve_events_read_total{pipeline=\"orders\"} 3\n"));
  EXPECT_THAT(response.body, HasSubstr("calve_healthy{pipeline=\"orders\"} 1\n"));
}

TEST_F(HttpServerTest, HealthIsAStatusAndItsReason) {
  const auto server = listen("127.0.0.1:0");
  const auto well = send("GET", server->port(), "/healthz");
  EXPECT_EQ(well.status, 200);
  EXPECT_EQ(well.body, "ok\n");

  health_.saw_input(clock_.steady_now());
  health_.set_problem("S3 does not answer");
  clock_.turn(Milliseconds(4'000));
  const auto ill = send("GET", server->port(), "/healthz");
  EXPECT_EQ(ill.status, 503);
  EXPECT_THAT(ill.body, HasSubstr("S3 does not answer\n"));
  EXPECT_THAT(send("GET", server->port(), "/metrics").body,
              HasSubstr("calve_healthy{pipeline=\"orders\"} 0\n"));

  health_.committed();
  EXPECT_EQ(send("GET", server->port(), "/healthz").status, 200);
}

TEST_F(HttpServerTest, ServesNothingElse) {
  const auto server = listen("127.0.0.1:0");
  for (const auto* path : {"/", "/metrics/", "/healthz/x", "/../etc/passwd", "/config"}) {
    EXPECT_EQ(send("GET", server->port(), path).status, 404) << path;
  }
  for (const auto* method : {"POST", "PUT", "DELETE"}) {
    EXPECT_EQ(send(method, server->port(), "/metrics").status, 404) << method;
  }
  EXPECT_EQ(send("POST", server->port(), "/healthz", std::string(100'000, 'x')).status, 413);
  EXPECT_EQ(send("GET", server->port(), "/healthz").status, 200) << "it goes on serving";
}

TEST_F(HttpServerTest, RefusesWhatIsNoAddress) {
  for (const auto* address : {"", "9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
                              "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:94 64"}) {
    const auto server = HttpServer::listen(address, metrics_, health_, clock_);
    ASSERT_FALSE(server) << address;
    EXPECT_EQ(server.error().kind, ErrorKind::kConfig) << address;
    EXPECT_THAT(server.error().message, HasSubstr(fmt::format("'{}'", address)));
  }
}

TEST_F(HttpServerTest, SaysThatThePortIsTaken) {
  const auto first = listen("127.0.0.1:0");
  const std::string address = fmt::format("127.0.0.1:{}", first->port());
  const auto second = HttpServer::listen(address, metrics_, health_, clock_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kConfig);
  EXPECT_THAT(second.error().message, testing::AllOf(HasSubstr(address), HasSubstr("CALVE_HTTP_LISTEN")));
}

TEST_F(HttpServerTest, LeavesThePortWhenItEnds) {
  int port = 0;
  {
    const auto server = listen("127.0.0.1:0");
    port = server->port();
  }
  const auto again = listen(fmt::format("127.0.0.1:{}", port));
  ASSERT_TRUE(again);
  EXPECT_EQ(send("GET", port, "/healthz").status, 200);
}

}  // namespace
}  // namespace calve::runtime
