#include "calve/catalog/table_store.h"

#include <functional>
#include <mutex>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/storage/raw_server.h"
#include "calve/storage/store_under_test.h"

namespace calve::catalog {
namespace {

using storage::error_kind;
using testing::HasSubstr;
using testing::Not;

// Says of paths what it is told to say, and does nothing else.
class Lender final : public Catalog {
 public:
  std::map<std::string, StorageAccess> access;  // by the beginning of paths
  std::function<Result<void>()> lend_anew;
  int asked = 0;

  Result<StorageAccess> storage_access(const std::string& path) override {
    ++asked;
    for (const auto& [beginning, found] : access) {
      if (path.starts_with(beginning)) return found;
    }
    return fail(ErrorKind::kInternal, "no such table");
  }

  Result<StorageAccess> renewed_storage_access(const std::string& path) override {
    CALVE_TRY(lend_anew());
    return storage_access(path);
  }

  Result<LoadedTable> load(const TableIdentifier&) override { return fail(ErrorKind::kNotFound, ""); }
  SwapOutcome create(const TableIdentifier&, const iceberg::NewTable&) override { return NotApplied{}; }
  SwapOutcome swap(const TableIdentifier&, const LoadedTable&, const iceberg::TableChange&) override {
    return NotApplied{};
  }
  std::string default_location(const TableIdentifier&) const override { return ""; }
  Result<void> probe_swap() override { return {}; }
};

// An S3 server that has every object, and remembers what it was asked. For keys that have expired it has
// none.
class AnyObject {
 public:
  explicit AnyObject(std::string expired_key = "none") : expired_("Credential=" + expired_key + "/") {}

  std::string url() const { return server_.url(); }
  std::string last_request() {
    const std::scoped_lock lock(mutex_);
    return last_request_;
  }

 private:
  const std::string expired_;
  std::mutex mutex_;
  std::string last_request_;
  storage::RawServer server_{[this](const std::string& request) {
    const std::scoped_lock lock(mutex_);
    last_request_ = request;
    if (request.find(expired_) != std::string::npos) {
      const std::string_view body =
          request.starts_with("HEAD ") ? "" : "<Error><Code>ExpiredToken</Code></Error>";
      return storage::RawServer::Answer{
          .bytes =
              fmt::format("HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\n\r\n{}", body.size(), body)};
    }
    return storage::RawServer::Answer{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"};
  }};
};

storage::S3Options configured(const std::string& endpoint) {
  return {.endpoint = endpoint,
          .addressing = storage::S3Addressing::kPath,
          .credentials = storage::fixed_credentials(
              {.access_key_id = "CONFIGURED", .secret_access_key = Secret("secret")}),
          .retry = {.attempts_max = 1}};
}

TEST(TableStoreTest, EveryVerbReachesTheTablesStore) {
  Lender lender;
  lender.access["memory://t/"] = {.prefix = "memory://t/"};
  TableStore store(lender, {});
  ASSERT_TRUE(store.write("memory://t/a", "12345"));
  ASSERT_TRUE(store.create("memory://t/b", "b"));
  EXPECT_EQ(error_kind(store.create("memory://t/b", "c")), ErrorKind::kAlreadyExists);
  const auto writer = store.open_writer("memory://t/c");
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->append("c"));
  ASSERT_TRUE((*writer)->finish());
  EXPECT_EQ(store.read("memory://t/a"), "12345");
  EXPECT_EQ(store.read_range("memory://t/a", 1, 2), "23");
  EXPECT_EQ(store.stat("memory://t/a")->size_bytes, 5);
  EXPECT_EQ(store.list("memory://t/")->size(), 3U);
  ASSERT_TRUE(store.remove("memory://t/a"));
  EXPECT_EQ(error_kind(store.read("memory://t/a")), ErrorKind::kNotFound);
  EXPECT_EQ(lender.asked, 1);
  EXPECT_EQ(error_kind(store.read("memory://other/a")), ErrorKind::kInternal);
}

TEST(TableStoreTest, WhereTheCatalogSaysNothingTheConfigurationHolds) {
  AnyObject s3;
  Lender lender;
  lender.access["s3://lake/t/"] = {.prefix = "s3://lake/t/"};
  TableStore store(lender, configured(s3.url()));
  ASSERT_TRUE(store.read("s3://lake/t/data/1"));
  EXPECT_THAT(s3.last_request(), HasSubstr("GET /lake/t/data/1 "));
  EXPECT_THAT(s3.last_request(), HasSubstr("Credential=CONFIGURED/"));
  EXPECT_THAT(s3.last_request(), HasSubstr("/us-east-1/s3/"));
}

TEST(TableStoreTest, LentKeysAreUsedUntilOthersAreLent) {
  AnyObject s3;
  Lender lender;
  lender.access["s3://lake/t/"] = {.prefix = "s3://lake/t/",
                                   .properties = {{"s3.endpoint", s3.url()},
                                                  {"client.region", "eu-west-1"},
                                                  {"s3.access-key-id", "LENT1"},
                                                  {"s3.secret-access-key", "secret"},
                                                  {"s3.session-token", "session1"}}};
  TableStore store(lender, configured("http://nowhere.invalid"));
  ASSERT_TRUE(store.read("s3://lake/t/data/1"));
  EXPECT_THAT(s3.last_request(), HasSubstr("GET /lake/t/data/1 "));
  EXPECT_THAT(s3.last_request(), HasSubstr("Credential=LENT1/"));
  EXPECT_THAT(s3.last_request(), HasSubstr("/eu-west-1/s3/"));
  EXPECT_THAT(s3.last_request(), HasSubstr("x-amz-security-token: session1\r\n"));

  Properties& properties = lender.access["s3://lake/t/"].properties;
  properties["s3.access-key-id"] = "LENT2";
  properties.erase("s3.session-token");
  ASSERT_TRUE(store.read("s3://lake/t/data/1"));
  EXPECT_THAT(s3.last_request(), HasSubstr("Credential=LENT2/"));
  EXPECT_THAT(s3.last_request(), Not(HasSubstr("x-amz-security-token")));

  properties.erase("s3.secret-access-key");
  EXPECT_EQ(error_kind(store.read("s3://lake/t/data/1")), ErrorKind::kAccessDenied);
}

// Not every catalog says when the keys that it lends expire.
TEST(TableStoreTest, KeysThatHaveExpiredAreLentAnewOnce) {
  AnyObject s3("LENT1");
  Lender lender;
  lender.access["s3://lake/t/"] = {
      .prefix = "s3://lake/t/",
      .properties = {{"s3.access-key-id", "LENT1"}, {"s3.secret-access-key", "secret"}}};
  std::string& key = lender.access["s3://lake/t/"].properties["s3.access-key-id"];
  TableStore store(lender, configured(s3.url()));

  int lent = 0;
  lender.lend_anew = [&]() -> Result<void> {
    ++lent;
    key = "LENT2";
    return {};
  };
  for (const auto& call : std::vector<std::function<bool()>>{
           [&] { return store.read("s3://lake/t/data/1").has_value(); },
           [&] { return store.stat("s3://lake/t/data/1").has_value(); },
           [&] { return store.create("s3://lake/t/data/1", "x").has_value(); }}) {
    key = "LENT1";
    EXPECT_TRUE(call());
    EXPECT_THAT(s3.last_request(), HasSubstr("Credential=LENT2/"));
  }
  EXPECT_EQ(lent, 3);

  key = "LENT1";
  lender.lend_anew = [&]() -> Result<void> {
    ++lent;
    return {};  // the same once more
  };
  EXPECT_EQ(error_kind(store.read("s3://lake/t/data/1")), ErrorKind::kAccessDenied);
  EXPECT_EQ(lent, 4);
  lender.lend_anew = []() -> Result<void> { return fail(ErrorKind::kUnreachable, "the catalog is away"); };
  EXPECT_EQ(error_kind(store.read("s3://lake/t/data/1")), ErrorKind::kUnreachable);
}

TEST(TableStoreTest, TablesHaveKeysOfTheirOwn) {
  AnyObject s3;
  Lender lender;
  for (const char* table : {"orders", "orders_rejected"}) {
    const std::string prefix = fmt::format("s3://lake/{}/", table);
    lender.access[prefix] = {.prefix = prefix,
                             .properties = {{"s3.access-key-id", table}, {"s3.secret-access-key", "secret"}}};
  }
  TableStore store(lender, configured(s3.url()));
  for (const char* table : {"orders", "orders_rejected"}) {
    ASSERT_TRUE(store.read(fmt::format("s3://lake/{}/data/1", table)));
    EXPECT_THAT(s3.last_request(), HasSubstr(fmt::format("Credential={}/", table)));
  }
}

}  // namespace
}  // namespace calve::catalog
