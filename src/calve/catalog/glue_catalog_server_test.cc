// Against the service that CALVE_TEST_GLUE names (deploy/local/glue.sh starts one), with its tables on the
// S3 that CALVE_TEST_S3_ENDPOINT names, in the bucket calve-test: what no stand-in of ours does as others do.

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/base/uuid.h"
#include "calve/catalog/catalog_under_test.h"
#include "calve/catalog/glue_catalog.h"
#include "calve/iceberg/schema_evolution.h"
#include "calve/storage/open_store.h"
#include "calve/storage/raw_server.h"
#include "calve/storage/store_under_test.h"

namespace calve::catalog {
namespace {

using storage::error_kind;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr auto kBucket = "s3://calve-test";

std::string address(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

const auto kCredentials =
    storage::fixed_credentials({.access_key_id = "test", .secret_access_key = Secret("test")});

class GlueServerTest : public testing::Test {
 protected:
  std::unique_ptr<GlueCatalog> connect(const std::string& endpoint = address("CALVE_TEST_GLUE")) {
    return GlueCatalog::open(*store_, {.endpoint = endpoint,
                                       .warehouse = fmt::format("{}/glue", kBucket),
                                       .credentials = kCredentials})
        .value();
  }

  LoadedTable made() {
    EXPECT_EQ(outcome_text(catalog_->create(table_, one_column_table(*catalog_, table_))), "applied");
    return catalog_->load(table_).value();
  }

  const std::unique_ptr<storage::ObjectStore> store_ =
      storage::open_store(kBucket,
                          {.endpoint = address("CALVE_TEST_S3_ENDPOINT"), .credentials = kCredentials})
          .value();
  const TableIdentifier table_{.namespace_levels = {"db_" + to_string(random_uuid())}, .name = "orders"};
  const std::unique_ptr<GlueCatalog> catalog_ = connect();
};

TEST_F(GlueServerTest, ATableIsMadeOnce) {
  EXPECT_EQ(error_kind(catalog_->load(table_)), ErrorKind::kNotFound);
  const LoadedTable table = made();
  EXPECT_EQ(table.metadata.location,
            fmt::format("{}/glue/{}.db/orders", kBucket, table_.namespace_levels.front()));
  EXPECT_EQ(outcome_text(catalog_->create(table_, one_column_table(*catalog_, table_))),
            "lost already_exists");
  EXPECT_EQ(catalog_->load(table_).value(), table);
}

TEST_F(GlueServerTest, SnapshotsPropertiesAndSchemasAreKept) {
  const LoadedTable empty = made();
  const auto first = catalog_->swap(table_, empty, append_snapshot(empty, 1));
  ASSERT_EQ(outcome_text(first), "applied");
  const LoadedTable& one = std::get<Applied>(first).table;
  EXPECT_EQ(one, catalog_->load(table_).value());

  iceberg::Schema wider = iceberg::current_schema(one.metadata);
  wider.fields.push_back({.id = FieldId(2), .name = "note", .type = iceberg::PrimitiveKind::kString});
  const auto updates = iceberg::evolve(one.metadata, wider);
  ASSERT_TRUE(updates) << updates.error().message;
  ASSERT_EQ(outcome_text(catalog_->swap(table_, one, {.updates = *updates})), "applied");
  const LoadedTable after = catalog_->load(table_).value();
  EXPECT_EQ(iceberg::current_schema(after.metadata).fields, wider.fields);
  EXPECT_EQ(after.metadata.properties.at("calve.orders.position"), "1");
}

TEST_F(GlueServerTest, OldMetadataIsDeletedIfTheTableSaysSo) {
  iceberg::NewTable table = one_column_table(*catalog_, table_);
  table.properties = {{"write.metadata.previous-versions-max", "3"},
                      {"write.metadata.delete-after-commit.enabled", "true"}};
  ASSERT_EQ(outcome_text(catalog_->create(table_, table)), "applied");
  for (int id = 1; id <= 10; ++id) {
    const LoadedTable base = catalog_->load(table_).value();
    ASSERT_EQ(outcome_text(catalog_->swap(table_, base, append_snapshot(base, id))), "applied");
  }
  const LoadedTable last = catalog_->load(table_).value();
  std::vector<std::string> named = {last.metadata_location};
  for (const auto& entry : last.metadata.metadata_log)
    named.push_back(entry.metadata_file);
  const auto objects = store_->list(last.metadata.location + "/metadata/").value();
  std::vector<std::string> found;
  for (const auto& object : objects)
    found.push_back(object.path);
  EXPECT_EQ(named.size(), 4U);
  EXPECT_THAT(found, testing::UnorderedElementsAreArray(named));
}

TEST_F(GlueServerTest, AStaleBaseLoses) {
  const LoadedTable empty = made();
  ASSERT_EQ(outcome_text(catalog_->swap(table_, empty, append_snapshot(empty, 1))), "applied");
  EXPECT_EQ(outcome_text(catalog_->swap(table_, empty, append_snapshot(empty, 2))), "lost fenced");
  EXPECT_THAT(snapshot_ids(catalog_->load(table_)->metadata), ElementsAre(1));
}

// Each of several writers has one swap to make, and tries until it has.
TEST_F(GlueServerTest, RacingSwapsAllHappenOnce) {
  constexpr int kWriters = 4;
  constexpr int kAttemptsMax = 50;
  made();
  {
    std::vector<std::jthread> writers;
    for (int writer = 1; writer <= kWriters; ++writer) {
      writers.emplace_back([&, writer] {
        const auto own = connect();
        for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
          const LoadedTable base = own->load(table_).value();
          if (outcome_text(own->swap(table_, base, append_snapshot(base, writer))) == "applied") return;
        }
        ADD_FAILURE() << "writer " << writer << " never got through";
      });
    }
  }
  EXPECT_THAT(snapshot_ids(catalog_->load(table_)->metadata), UnorderedElementsAre(1, 2, 3, 4));
}

// Between us and the service: hands requests on, and breaks the connection instead of giving the answer to
// the first UpdateTable.
class AnswerLoser {
 public:
  explicit AnswerLoser(std::string service)
      : service_(std::move(service)),
        server_([this](const std::string& request) { return hand_on(request); }) {}

  std::string url() const { return server_.url(); }

 private:
  storage::RawServer::Answer hand_on(const std::string& request) {
    const std::size_t head_end = request.find("\r\n\r\n");
    storage::HttpHeaders headers;
    for (const char* name : {"Content-Type", "X-Amz-Target", "x-amz-date", "authorization"}) {
      const std::size_t begin = request.find(fmt::format("\r\n{}: ", name)) + std::strlen(name) + 4;
      headers.emplace_back(name, request.substr(begin, request.find("\r\n", begin) - begin));
    }
    const std::string body = request.substr(head_end + 4);
    const auto response =
        client_.send({.method = "POST", .url = service_ + "/", .headers = headers, .body = body});
    if (!response) throw std::runtime_error(response.error().message);
    if (request.find("AWSGlue.UpdateTable") < head_end && !has_lost_.exchange(true)) {
      return {.ending = storage::RawServer::Ending::kReset};
    }
    return {.bytes = fmt::format("HTTP/1.1 {} Handed on\r\nContent-Length: {}\r\n\r\n{}", response->status,
                                 response->body.size(), response->body)};
  }

  const std::string service_;
  std::atomic<bool> has_lost_{false};
  storage::HttpClient client_{{}};
  storage::RawServer server_;
};

TEST_F(GlueServerTest, ASwapWhoseAnswerIsLostIsFoundOut) {
  const LoadedTable empty = made();
  const AnswerLoser loser(address("CALVE_TEST_GLUE"));
  const auto catalog = connect(loser.url());
  const auto outcome = catalog->swap(table_, empty, append_snapshot(empty, 1));
  ASSERT_EQ(outcome_text(outcome), "applied");
  EXPECT_EQ(std::get<Applied>(outcome).table, catalog_->load(table_).value());
}

}  // namespace
}  // namespace calve::catalog
