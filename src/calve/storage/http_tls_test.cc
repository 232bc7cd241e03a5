// TLS is verified: a certificate that nobody we trust has signed, or of another host, ends the request
// before it leaves.

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "calve/base/uuid.h"
#include "calve/storage/http.h"
#include "calve/storage/s3_store.h"
#include "calve/storage/store_under_test.h"

namespace calve::storage {
namespace {

struct Freed {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed>;
using Certificate = std::unique_ptr<X509, Freed>;

// For `subject_alternative_name` ("IP:127.0.0.1"), signed by its own key, valid from `begin_s` to `end_s`
// seconds from now.
Certificate self_signed(EVP_PKEY* key, const std::string& subject_alternative_name, long begin_s,
                        long end_s) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), begin_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), end_s);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), name);
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, subject_alternative_name.c_str());
  X509_add_ext(certificate.get(), extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

class TlsServer {
 public:
  TlsServer(const std::string& subject_alternative_name, long begin_s, long end_s)
      : key_(EVP_EC_gen("P-256")),
        certificate_(self_signed(key_.get(), subject_alternative_name, begin_s, end_s)),
        server_(certificate_.get(), key_.get()) {
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      ++requests_;
      content_sha256_ = request.get_header_value("x-amz-content-sha256");
      response.set_content("ok", "text/plain");
      return httplib::Server::HandlerResponse::Handled;
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    while (!server_.is_running())
      std::this_thread::yield();
    std::FILE* file = std::fopen(ca_bundle().c_str(), "w");
    PEM_write_X509(file, certificate_.get());
    std::fclose(file);
  }
  ~TlsServer() {
    server_.stop();
    std::filesystem::remove(ca_bundle());
  }

  std::string url() const { return fmt::format("https://127.0.0.1:{}", port_); }
  const std::string& ca_bundle() const { return ca_bundle_; }
  int requests() const { return requests_; }
  const std::string& content_sha256() const { return content_sha256_; }

 private:
  const std::string ca_bundle_ = testing::TempDir() + "calve-ca-" + to_string(random_uuid()) + ".pem";
  Key key_;
  Certificate certificate_;
  httplib::SSLServer server_;
  int port_ = 0;
  std::atomic<int> requests_{0};
  std::string content_sha256_;
  std::jthread thread_;
};

constexpr long kHour = 3'600;

TEST(HttpTlsTest, AnAuthorityThatIsNamedIsTrusted) {
  const TlsServer server("IP:127.0.0.1", -kHour, kHour);
  HttpClient client({.ca_bundle = server.ca_bundle()});
  const auto response = client.send({.method = "GET", .url = server.url() + "/"});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "ok");
}

TEST(HttpTlsTest, WhatIsNotTrustedGetsNoRequest) {
  struct Case {
    std::string name;
    std::string subject_alternative_name;
    long begin_s;
    long end_s;
    bool is_authority_named;
  };
  for (const auto& [name, subject_alternative_name, begin_s, end_s, is_authority_named] :
       {Case{"self-signed", "IP:127.0.0.1", -kHour, kHour, false},
        Case{"another host", "DNS:example.com", -kHour, kHour, true},
        Case{"expired", "IP:127.0.0.1", -2 * kHour, -kHour, true},
        Case{"not yet valid", "IP:127.0.0.1", kHour, 2 * kHour, true}}) {
    const TlsServer server(subject_alternative_name, begin_s, end_s);
    HttpClient client({.ca_bundle = is_authority_named ? server.ca_bundle() : ""});
    const auto refused = client.send({.method = "PUT", .url = server.url() + "/", .body = "x"});
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().kind, ErrorKind::kConfig) << name;
    EXPECT_THAT(refused.error().message, testing::HasSubstr("AWS_CA_BUNDLE")) << name;
    EXPECT_EQ(server.requests(), 0) << name;
  }
}

TEST(HttpTlsTest, APlainServerIsUnreachableByTls) {
  httplib::Server server;
  const int port = server.bind_to_any_port("127.0.0.1");
  const std::jthread thread([&] { server.listen_after_bind(); });
  while (!server.is_running())
    std::this_thread::yield();
  HttpClient client({});
  EXPECT_EQ(error_kind(client.send({.method = "PUT", .url = fmt::format("https://127.0.0.1:{}/", port)})),
            ErrorKind::kUnreachable);
  server.stop();
}

TEST(HttpTlsTest, S3LeavesTheBodyToTls) {
  const TlsServer server("IP:127.0.0.1", -kHour, kHour);
  const auto store = S3Store::create_store({.endpoint = server.url(),
                                            .credentials = fixed_credentials({"id", Secret("secret"), {}}),
                                            .http = {.ca_bundle = server.ca_bundle()}});
  ASSERT_TRUE(store);
  EXPECT_TRUE((*store)->create("s3://bucket/key", "x"));
  EXPECT_EQ(server.content_sha256(), kUnsignedPayload);
}

}  // namespace
}  // namespace calve::storage
