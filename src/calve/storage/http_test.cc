#include "calve/storage/http.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/storage/raw_server.h"
#include "calve/storage/store_under_test.h"

namespace calve::storage {
namespace {

using testing::HasSubstr;
using testing::Not;

const HttpOptions kQuick{.connect_timeout = Milliseconds(300), .request_timeout = Milliseconds(300)};

TEST(HttpTest, SendsAndReceives) {
  RawServer server([](const std::string& request) {
    return RawServer::Answer{
        .bytes = fmt::format("HTTP/1.1 207 Odd\r\nX-Some: a: b \r\nContent-Length: {}\r\n\r\n{}",
                             request.size(), request)};
  });
  HttpClient client({});
  const auto response = client.send({.method = "PUT",
                                     .url = server.url() + "/a%20b/../c?x=1",
                                     .headers = {{"X-Mine", "1"}, {"X-Empty", ""}},
                                     .body = "body"});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 207);
  EXPECT_EQ(response->header("x-some"), "a: b");
  EXPECT_EQ(response->header("x-none"), std::nullopt);
  EXPECT_THAT(response->body, HasSubstr("PUT /a%20b/../c?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(response->body, HasSubstr("X-Mine: 1\r\n"));
  EXPECT_THAT(response->body, HasSubstr("X-Empty:\r\n"));
  EXPECT_THAT(response->body, HasSubstr("\r\n\r\nbody"));
  EXPECT_THAT(response->body, Not(HasSubstr("Expect")));
}

TEST(HttpTest, ARedirectIsGivenBack) {
  std::atomic<int> elsewhere{0};
  RawServer other([&](const std::string&) {
    ++elsewhere;
    return RawServer::Answer{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
  });
  RawServer server([&](const std::string&) {
    return RawServer::Answer{
        .bytes = "HTTP/1.1 307 Elsewhere\r\nContent-Length: 0\r\nLocation: " + other.url() + "\r\n\r\n"};
  });
  HttpClient client({});
  EXPECT_EQ(client.send({.method = "GET", .url = server.url() + "/"})->status, 307);
  EXPECT_EQ(elsewhere, 0);
}

TEST(HttpTest, RefusedConnectionIsUnreachable) {
  std::string url;
  {
    RawServer server([](const std::string&) { return RawServer::Answer{}; });
    url = server.url();
  }
  HttpClient client(kQuick);
  for (const auto resend : {Resend::kNever, Resend::kAllowed}) {
    EXPECT_EQ(error_kind(client.send({.method = "PUT", .url = url + "/", .resend = resend})),
              ErrorKind::kUnreachable);
  }
  EXPECT_EQ(error_kind(client.send({.method = "PUT", .url = "http://no-such-host.invalid/"})),
            ErrorKind::kUnreachable);
}

TEST(HttpTest, AnAnswerThatNeverComesIsUnknown) {
  struct Case {
    std::string name;
    RawServer::Answer answer;
  };
  for (const auto& [name, answer] :
       {Case{"closed", {}}, Case{"reset", {.ending = RawServer::Ending::kReset}},
        Case{"silent", {.ending = RawServer::Ending::kHang}},
        Case{"cut short", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123"}},
        Case{"half a header", {.bytes = "HTTP/1.1 20"}}}) {
    std::atomic<int> requests{0};
    RawServer server([&](const std::string&) {
      ++requests;
      return answer;
    });
    HttpClient client(kQuick);
    const auto response = client.send({.method = "PUT", .url = server.url() + "/", .body = "x"});
    EXPECT_EQ(error_kind(response), ErrorKind::kUnknownOutcome) << name;
    EXPECT_EQ(requests, 1) << name;
  }
}

// libcurl repeats a request by itself when a kept connection is closed before the answer. For a
// request that must not be repeated that would be a second attempt which nobody knows of.
TEST(HttpTest, NeverResendsOverAKeptConnection) {
  std::atomic<int> requests{0};
  RawServer server([&](const std::string&) {
    const bool is_first = ++requests == 1;
    if (!is_first) return RawServer::Answer{};
    return RawServer::Answer{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                             .ending = RawServer::Ending::kKeepOpen};
  });
  HttpClient client(kQuick);
  ASSERT_TRUE(client.send({.method = "GET", .url = server.url() + "/", .resend = Resend::kAllowed}));
  EXPECT_EQ(error_kind(client.send({.method = "PUT", .url = server.url() + "/", .body = "x"})),
            ErrorKind::kUnknownOutcome);
  EXPECT_EQ(requests, 2);
}

TEST(HttpTest, KeepsConnections) {
  RawServer server([](const std::string&) {
    return RawServer::Answer{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                             .ending = RawServer::Ending::kKeepOpen};
  });
  HttpClient client({});
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(client.send({.method = "GET", .url = server.url() + "/", .resend = Resend::kAllowed}));
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpTest, AnAnswerOverTheLimitIsRefused) {
  RawServer server([](const std::string&) {
    return RawServer::Answer{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"};
  });
  HttpClient client({.response_bytes_max = 9});
  EXPECT_EQ(error_kind(client.send({.method = "GET", .url = server.url() + "/"})), ErrorKind::kInvalidData);
}

TEST(HttpTest, OnlyHttpAndHttps) {
  HttpClient client(kQuick);
  for (const char* url :
       {"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "http://", "http://a b/"})
    EXPECT_EQ(error_kind(client.send({.method = "GET", .url = url})), ErrorKind::kConfig) << url;
}

TEST(HttpTest, AMessageHoldsNoQuery) {
  HttpClient client(kQuick);
  const auto refused =
      client.send({.method = "GET", .url = "http://no-such-host.invalid/a?X-Amz-Signature=canary"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, Not(HasSubstr("canary")));
}

TEST(HttpTest, MoreThreadsThanConnections) {
  std::atomic<int> at_once{0};
  std::atomic<int> most{0};
  RawServer server([&](const std::string&) {
    const int now = ++at_once;
    most = std::max(most.load(), now);
    std::this_thread::sleep_for(Milliseconds(5));
    --at_once;
    return RawServer::Answer{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
  });
  HttpClient client({.connections_max = 2});
  std::atomic<int> answered{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back(
          [&] { answered += client.send({.method = "GET", .url = server.url() + "/"}) ? 1 : 0; });
    }
  }
  EXPECT_EQ(answered, 8);
  EXPECT_LE(most, 2);
}

}  // namespace
}  // namespace calve::storage
