// Against the services that CALVE_TEST_REST names, addresses with commas between them
// (deploy/local/rest_catalog.sh starts one): what no stand-in of ours does as Iceberg does it.

#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/base/uuid.h"
#include "calve/catalog/rest_catalog.h"
#include "calve/iceberg/schema_evolution.h"
#include "calve/storage/raw_server.h"
#include "calve/storage/store_under_test.h"

namespace calve::catalog {
namespace {

using iceberg::PrimitiveKind;
using storage::error_kind;
using testing::ElementsAre;

std::vector<std::string> services_under_test() {
  const char* list = std::getenv("CALVE_TEST_REST");
  std::istringstream stream(list == nullptr ? "" : list);
  std::vector<std::string> services;
  for (std::string uri; std::getline(stream, uri, ',');)
    services.push_back(uri);
  return services;
}

// Fields with ids beyond nesting, as the service would number them itself.
iceberg::Schema nested_schema() {
  const iceberg::StructType address{
      .fields = {{.id = FieldId(5), .name = "city", .type = PrimitiveKind::kString},
                 {.id = FieldId(6), .name = "zip", .type = PrimitiveKind::kString}}};
  return {.fields = {{.id = FieldId(1),
                      .name = "n",
                      .type = PrimitiveKind::kLong,
                      .presence = iceberg::Presence::kRequired},
                     {.id = FieldId(2), .name = "at", .type = PrimitiveKind::kTimestamptz},
                     {.id = FieldId(3), .name = "address", .type = iceberg::Nested(address)},
                     {.id = FieldId(4), .name = "total", .type = iceberg::DecimalType{12, 2}}}};
}

iceberg::PartitionSpec by_day() {
  return {.fields = {{.source_id = FieldId(2),
                      .field_id = FieldId(1000),
                      .name = "at_day",
                      .transform = iceberg::SimpleTransform::kDay}}};
}

iceberg::TableChange append(const LoadedTable& base, std::int64_t id) {
  return {.updates = {iceberg::AddSnapshot{
                          {.id = SnapshotId(id),
                           .parent_id = base.metadata.current_snapshot_id,
                           .sequence_number = base.metadata.last_sequence_number.plus(1),
                           .timestamp = base.metadata.last_updated,
                           .summary = {{"calve.made-by", "a test"}},
                           .manifest_list = fmt::format("{}/metadata/{}.avro", base.metadata.location, id),
                           .schema_id = base.metadata.current_schema_id}},
                      iceberg::SetSnapshotRef{iceberg::kMainBranch, {.snapshot_id = SnapshotId(id)}},
                      iceberg::SetProperties{{{"calve.orders.position", fmt::format("{}", id)}}}}};
}

std::string outcome_name(const SwapOutcome& outcome) {
  if (std::holds_alternative<Applied>(outcome)) return "applied";
  if (const auto* lost = std::get_if<Lost>(&outcome)) return "lost: " + lost->why.message;
  if (const auto* unknown = std::get_if<Unknown>(&outcome)) return "unknown: " + unknown->why.message;
  return "not applied: " + std::get<NotApplied>(outcome).why.message;
}

std::vector<SnapshotId> snapshots_of(const LoadedTable& table) {
  std::vector<SnapshotId> ids;
  for (const auto& snapshot : table.metadata.snapshots)
    ids.push_back(snapshot.id);
  return ids;
}

class RestServerTest : public testing::TestWithParam<std::string> {
 protected:
  static std::unique_ptr<RestCatalog> connect(RestOptions options) {
    auto catalog = RestCatalog::connect(std::move(options));
    if (!catalog) throw std::runtime_error(catalog.error().message);
    return std::move(*catalog);
  }

  LoadedTable made() {
    const auto outcome = catalog_->create(table_, {.schema = nested_schema(), .spec = by_day()});
    EXPECT_EQ(outcome_name(outcome), "applied");
    return catalog_->load(table_).value();
  }

  const TableIdentifier table_{.namespace_levels = {"calve", to_string(random_uuid())}, .name = "orders"};
  const std::unique_ptr<RestCatalog> catalog_ = connect({.uri = GetParam()});
};

TEST_P(RestServerTest, ATableIsMadeAsAskedFor) {
  EXPECT_EQ(error_kind(catalog_->load(table_)), ErrorKind::kNotFound);
  const LoadedTable table = made();
  EXPECT_EQ(iceberg::current_schema(table.metadata).fields, nested_schema().fields);
  EXPECT_EQ(iceberg::default_spec(table.metadata).fields, by_day().fields);
  EXPECT_EQ(table.metadata.format_version, 2);
  EXPECT_TRUE(table.metadata.location.ends_with("/orders")) << table.metadata.location;
  EXPECT_TRUE(table.metadata_location.starts_with(table.metadata.location)) << table.metadata_location;
  const auto again = catalog_->create(table_, {.schema = nested_schema()});
  ASSERT_TRUE(std::holds_alternative<Lost>(again)) << outcome_name(again);
  EXPECT_EQ(std::get<Lost>(again).why.kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(catalog_->load(table_).value(), table);
}

TEST_P(RestServerTest, FieldIdsAreKeptWhateverTheyAre) {
  const iceberg::Schema odd{.fields = {{.id = FieldId(7), .name = "at", .type = PrimitiveKind::kTimestamptz},
                                       {.id = FieldId(3), .name = "n", .type = PrimitiveKind::kLong}}};
  iceberg::PartitionSpec by_odd_day = by_day();
  by_odd_day.fields.front().source_id = FieldId(7);
  const iceberg::NewTable first{
      .uuid = random_uuid(), .schema = odd, .spec = by_odd_day, .properties = {{"calve.made-by", "a test"}}};
  ASSERT_EQ(outcome_name(catalog_->create(table_, first)), "applied");
  const LoadedTable table = catalog_->load(table_).value();
  EXPECT_EQ(iceberg::current_schema(table.metadata).fields, odd.fields);
  EXPECT_EQ(iceberg::default_spec(table.metadata).fields, by_odd_day.fields);
  EXPECT_EQ(table.metadata.properties.at("calve.made-by"), "a test");
  EXPECT_TRUE(table.metadata.location.ends_with("/orders")) << table.metadata.location;
  const auto again = catalog_->create(table_, first);
  ASSERT_TRUE(std::holds_alternative<Lost>(again)) << outcome_name(again);
  EXPECT_EQ(std::get<Lost>(again).why.kind, ErrorKind::kAlreadyExists);
}

TEST_P(RestServerTest, ATableIsTakenOverWhereItLies) {
  const LoadedTable there = made();
  const TableIdentifier elsewhere{.namespace_levels = {"calve", to_string(random_uuid())}, .name = "moved"};
  const auto outcome = catalog_->register_table(elsewhere, there.metadata_location);
  ASSERT_EQ(outcome_name(outcome), "applied");
  const LoadedTable here = catalog_->load(elsewhere).value();
  EXPECT_EQ(here.metadata, there.metadata);
  EXPECT_EQ(outcome_name(catalog_->swap(elsewhere, here, append(here, 1))), "applied");

  const auto again = catalog_->register_table(elsewhere, there.metadata_location);
  ASSERT_TRUE(std::holds_alternative<Lost>(again)) << outcome_name(again);
  EXPECT_EQ(std::get<Lost>(again).why.kind, ErrorKind::kAlreadyExists);
  const TableIdentifier nowhere{.namespace_levels = elsewhere.namespace_levels, .name = "nowhere"};
  EXPECT_FALSE(std::holds_alternative<Applied>(
      catalog_->register_table(nowhere, there.metadata.location + "/metadata/none.metadata.json")));
}

TEST_P(RestServerTest, SnapshotsAndPropertiesAreKept) {
  const LoadedTable empty = made();
  const auto first = catalog_->swap(table_, empty, append(empty, 1));
  ASSERT_EQ(outcome_name(first), "applied");
  const LoadedTable& one = std::get<Applied>(first).table;
  EXPECT_EQ(one, catalog_->load(table_).value());
  EXPECT_EQ(one.metadata.properties.at("calve.orders.position"), "1");
  EXPECT_EQ(iceberg::current_snapshot(one.metadata)->summary.at("calve.made-by"), "a test");

  const auto second = catalog_->swap(table_, one, append(one, 2));
  ASSERT_EQ(outcome_name(second), "applied");
  const auto expired = catalog_->swap(table_, std::get<Applied>(second).table,
                                      {.updates = {iceberg::RemoveSnapshots{{SnapshotId(1)}},
                                                   iceberg::RemoveProperties{{"calve.orders.position"}}}});
  ASSERT_EQ(outcome_name(expired), "applied");
  const LoadedTable after = catalog_->load(table_).value();
  EXPECT_THAT(snapshots_of(after), ElementsAre(SnapshotId(2)));
  EXPECT_FALSE(after.metadata.properties.contains("calve.orders.position"));
}

TEST_P(RestServerTest, AStaleBaseLoses) {
  const LoadedTable empty = made();
  ASSERT_EQ(outcome_name(catalog_->swap(table_, empty, append(empty, 1))), "applied");
  for (const auto& change :
       {append(empty, 2), iceberg::TableChange{.updates = {iceberg::SetProperties{{{"x", "1"}}}}}}) {
    const auto outcome = catalog_->swap(table_, empty, change);
    ASSERT_TRUE(std::holds_alternative<Lost>(outcome)) << outcome_name(outcome);
    EXPECT_EQ(std::get<Lost>(outcome).why.kind, ErrorKind::kFenced);
  }
  EXPECT_THAT(snapshots_of(catalog_->load(table_).value()), ElementsAre(SnapshotId(1)));
}

TEST_P(RestServerTest, ASchemaIsEvolved) {
  const LoadedTable table = made();
  iceberg::Schema wider = nested_schema();
  wider.fields.push_back({.id = FieldId(7), .name = "note", .type = PrimitiveKind::kString});
  const auto updates = iceberg::evolve(table.metadata, wider);
  ASSERT_TRUE(updates) << updates.error().message;
  const auto outcome =
      catalog_->swap(table_, table,
                     {.requirements = {iceberg::AssertCurrentSchemaId{table.metadata.current_schema_id},
                                       iceberg::AssertLastAssignedFieldId{table.metadata.last_column_id}},
                      .updates = *updates});
  ASSERT_EQ(outcome_name(outcome), "applied");
  EXPECT_EQ(iceberg::current_schema(catalog_->load(table_)->metadata).fields, wider.fields);
}

// Each of several writers has one swap to make, and tries until it has.
TEST_P(RestServerTest, RacingSwapsAllHappenOnce) {
  constexpr int kWriters = 4;
  constexpr int kAttemptsMax = 50;
  made();
  {
    std::vector<std::jthread> writers;
    for (int writer = 1; writer <= kWriters; ++writer) {
      writers.emplace_back([&, writer] {
        const auto own = connect({.uri = GetParam()});
        for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
          const LoadedTable base = own->load(table_).value();
          if (base.metadata.current_snapshot_id &&
              iceberg::is_ancestor(base.metadata, SnapshotId(writer), *base.metadata.current_snapshot_id)) {
            return;
          }
          (void)own->swap(table_, base, append(base, writer));
        }
        ADD_FAILURE() << "writer " << writer << " never got through";
      });
    }
  }
  EXPECT_THAT(snapshots_of(catalog_->load(table_).value()),
              testing::UnorderedElementsAre(SnapshotId(1), SnapshotId(2), SnapshotId(3), SnapshotId(4)));
}

// Between us and the service: hands requests on, and breaks the connection instead of giving the answers to
// the first commits.
class AnswerLoser {
 public:
  AnswerLoser(std::string service, int losses)
      : service_(std::move(service)),
        losses_(losses),
        server_([this](const std::string& request) { return hand_on(request); }) {}

  std::string url() const { return server_.url(); }

 private:
  storage::RawServer::Answer hand_on(const std::string& request) {
    const std::size_t method_end = request.find(' ');
    const std::string path =
        request.substr(method_end + 1, request.find(' ', method_end + 1) - method_end - 1);
    const std::string body = request.substr(request.find("\r\n\r\n") + 4);
    const auto response = client_.send({.method = request.substr(0, method_end),
                                        .url = service_ + path,
                                        .headers = {{"Content-Type", "application/json"}},
                                        .body = body});
    if (!response) throw std::runtime_error(response.error().message);
    if (path.ends_with("/orders") && request.starts_with("POST") && losses_-- > 0) {
      return {.ending = storage::RawServer::Ending::kReset};
    }
    return {.bytes = fmt::format("HTTP/1.1 {} Handed on\r\nContent-Length: {}\r\n\r\n{}", response->status,
                                 response->body.size(), response->body)};
  }

  const std::string service_;
  std::atomic<int> losses_;
  storage::HttpClient client_{{}};
  storage::RawServer server_;
};

TEST_P(RestServerTest, ASwapWhoseAnswerIsLostIsFoundOut) {
  const LoadedTable empty = made();
  const AnswerLoser loser(GetParam(), 1);
  const auto catalog = connect({.uri = loser.url()});
  const auto outcome = catalog->swap(table_, empty, append(empty, 1));
  ASSERT_EQ(outcome_name(outcome), "applied");
  EXPECT_EQ(std::get<Applied>(outcome).table, catalog_->load(table_).value());
  EXPECT_THAT(snapshots_of(catalog_->load(table_).value()), ElementsAre(SnapshotId(1)));
}

TEST_P(RestServerTest, ACredentialBuysAToken) {
  const auto catalog = connect({.uri = GetParam(), .auth = {.credential = Secret("me:secret")}});
  EXPECT_EQ(error_kind(catalog->load(table_)), ErrorKind::kNotFound);
}

TEST_P(RestServerTest, KeysForS3AreLent) {
  const LoadedTable table = made();
  const auto catalog = connect({.uri = GetParam(), .vended_credentials = VendedCredentials::kAsked});
  ASSERT_TRUE(catalog->load(table_));
  const auto access = catalog->storage_access(table.metadata.location + "/data/1.parquet");
  ASSERT_TRUE(access) << access.error().message;
  if (table.metadata.location.starts_with("s3://")) {
    EXPECT_EQ(access->properties.at("s3.access-key-id"), "test");
    EXPECT_EQ(access->properties.at("s3.secret-access-key"), "test");
  } else {
    EXPECT_FALSE(access->properties.contains("s3.access-key-id"));
  }
}

INSTANTIATE_TEST_SUITE_P(Services, RestServerTest, testing::ValuesIn(services_under_test()));

}  // namespace
}  // namespace calve::catalog
