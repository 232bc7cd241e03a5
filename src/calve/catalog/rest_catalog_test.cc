#include "calve/catalog/rest_catalog.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/catalog/fake_rest_server.h"
#include "calve/storage/store_under_test.h"

namespace calve::catalog {
namespace {

using iceberg::SequenceNumber;
using storage::error_kind;
using testing::HasSubstr;
using testing::Not;

const TableIdentifier kTable{.namespace_levels = {"a"}, .name = "t"};
const std::string kCommit = "POST /v1/namespaces/a/tables/t ";
const std::string kLoad = "GET /v1/namespaces/a/tables/t ";
constexpr int kForEver = 1'000;

RestOptions options(const FakeRestServer& server) {
  return {.uri = server.url(),
          .retry = {.attempts_max = 2, .first_delay = Milliseconds(0), .delay_max = Milliseconds(1)},
          .http = {.request_timeout = Milliseconds(2'000)}};
}

std::unique_ptr<RestCatalog> connect(const FakeRestServer& server) {
  auto catalog = RestCatalog::connect(options(server));
  EXPECT_TRUE(catalog) << catalog.error().message;
  return std::move(*catalog);
}

iceberg::NewTable one_column() {
  return {.schema = {.fields = {{.id = FieldId(1), .name = "n", .type = iceberg::PrimitiveKind::kLong}}},
          .properties = {{"calve.made", "yes"}}};
}

iceberg::TableChange append(const LoadedTable& base, std::int64_t id) {
  return {.updates = {iceberg::AddSnapshot{{.id = SnapshotId(id),
                                            .parent_id = base.metadata.current_snapshot_id,
                                            .sequence_number = base.metadata.last_sequence_number.plus(1),
                                            .timestamp = base.metadata.last_updated,
                                            .manifest_list = fmt::format("memory://w/{}.avro", id),
                                            .schema_id = base.metadata.current_schema_id}},
                      iceberg::SetSnapshotRef{iceberg::kMainBranch, {.snapshot_id = SnapshotId(id)}},
                      iceberg::SetProperties{{{"calve.orders.position", fmt::format("{}", id)}}}}};
}

std::string outcome_name(const SwapOutcome& outcome) {
  if (std::holds_alternative<Applied>(outcome)) return "applied";
  const auto named = [](std::string_view name, const Error& why) {
    return fmt::format("{} {}", name, error_kind_name(why.kind));
  };
  if (const auto* lost = std::get_if<Lost>(&outcome)) return named("lost", lost->why);
  if (const auto* unknown = std::get_if<Unknown>(&outcome)) return named("unknown", unknown->why);
  return named("not applied", std::get<NotApplied>(outcome).why);
}

// A server with the table, and a client of it that has loaded the table.
class RestCatalogTest : public testing::Test {
 protected:
  explicit RestCatalogTest(FakeRestServer::Options server_options = {}) : server_(std::move(server_options)) {
    const auto made = catalog_->create(kTable, one_column());
    EXPECT_EQ(outcome_name(made), "applied");
    base_ = catalog_->load(kTable).value();
  }

  std::vector<SnapshotId> snapshots() {
    std::vector<SnapshotId> ids;
    const LoadedTable table = catalog_->load(kTable).value();
    for (const auto& snapshot : table.metadata.snapshots)
      ids.push_back(snapshot.id);
    return ids;
  }

  FakeRestServer server_;
  std::unique_ptr<RestCatalog> catalog_ = connect(server_);
  LoadedTable base_;
};

TEST_F(RestCatalogTest, WhatIsSwappedIsThere) {
  EXPECT_EQ(base_.metadata.properties.at("calve.made"), "yes");
  auto outcome = catalog_->swap(kTable, base_, append(base_, 1));
  ASSERT_EQ(outcome_name(outcome), "applied");
  const LoadedTable& after = std::get<Applied>(outcome).table;
  EXPECT_EQ(after, catalog_->load(kTable).value());
  EXPECT_EQ(after.metadata.current_snapshot_id, SnapshotId(1));
  EXPECT_EQ(after.metadata.properties.at("calve.orders.position"), "1");
  EXPECT_NE(after.version, base_.version);
  EXPECT_EQ(outcome_name(catalog_->swap(kTable, after, append(after, 2))), "applied");
  EXPECT_THAT(snapshots(), testing::ElementsAre(SnapshotId(1), SnapshotId(2)));
}

TEST_F(RestCatalogTest, ThereIsNoTableUntilItIsMade) {
  EXPECT_EQ(error_kind(catalog_->load({{"a"}, "none"})), ErrorKind::kNotFound);
  EXPECT_EQ(outcome_name(catalog_->create(kTable, one_column())), "lost already_exists");
  EXPECT_EQ(catalog_->load(kTable).value(), base_);
}

TEST_F(RestCatalogTest, AStaleBaseLosesWhateverTheChangeAsksFor) {
  ASSERT_EQ(outcome_name(catalog_->swap(kTable, base_, append(base_, 1))), "applied");
  EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, append(base_, 2))), "lost fenced");
  EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, {.updates = {iceberg::SetProperties{{{"x", "1"}}}}})),
            "lost fenced");
  EXPECT_THAT(snapshots(), testing::ElementsAre(SnapshotId(1)));
}

TEST_F(RestCatalogTest, EachStatusHasItsMeaning) {
  struct Case {
    int status;
    std::string outcome;
  };
  for (const auto& [status, outcome] :
       {Case{301, "not applied config"}, Case{400, "not applied config"},
        Case{401, "not applied access_denied"}, Case{403, "not applied access_denied"},
        Case{404, "not applied not_found"}, Case{405, "not applied unsupported"},
        Case{406, "not applied unsupported"}, Case{408, "unknown unknown_outcome"}, Case{409, "lost fenced"},
        Case{419, "not applied access_denied"}, Case{422, "not applied config"},
        Case{429, "not applied unavailable"}, Case{500, "unknown unknown_outcome"},
        Case{501, "not applied unsupported"}, Case{502, "unknown unknown_outcome"},
        Case{503, "not applied unavailable"}, Case{504, "unknown unknown_outcome"},
        Case{599, "unknown unknown_outcome"}}) {
    FakeRestServer server;
    const auto catalog = connect(server);
    ASSERT_EQ(outcome_name(catalog->create(kTable, one_column())), "applied");
    const LoadedTable base = catalog->load(kTable).value();
    server.spoil({.request = kCommit, .effect = AnswerStatus{.status = status}, .times = kForEver});
    EXPECT_EQ(outcome_name(catalog->swap(kTable, base, append(base, 1))), outcome) << status;
    EXPECT_EQ(catalog->load(kTable).value(), base) << status;
  }
}

TEST_F(RestCatalogTest, ASwapWhoseAnswerIsLostIsFoundOutByReadingBack) {
  server_.spoil({.request = kCommit, .effect = LoseAnswer{}});
  const auto outcome = catalog_->swap(kTable, base_, append(base_, 1));
  ASSERT_EQ(outcome_name(outcome), "applied");
  EXPECT_EQ(std::get<Applied>(outcome).table, catalog_->load(kTable).value());
  EXPECT_EQ(server_.count(kCommit), 2);
  EXPECT_THAT(snapshots(), testing::ElementsAre(SnapshotId(1)));
}

TEST_F(RestCatalogTest, ASwapThatNeverArrivedIsSentAgain) {
  server_.spoil({.request = kCommit, .effect = LoseRequest{}});
  EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, append(base_, 1))), "applied");
  EXPECT_EQ(server_.count(kCommit), 2);
  EXPECT_THAT(snapshots(), testing::ElementsAre(SnapshotId(1)));
}

TEST_F(RestCatalogTest, ASwapThatIsNeverAnsweredIsUnknown) {
  server_.spoil({.request = kCommit, .effect = LoseRequest{}, .times = kForEver});
  EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, append(base_, 1))), "unknown unknown_outcome");
  EXPECT_EQ(server_.count(kCommit), kSendingsMax);
}

TEST_F(RestCatalogTest, ThatARepeatIsRefusedSaysNothingOfTheFirst) {
  for (const int status : {400, 403, 404, 503}) {
    server_.spoil({.request = kCommit, .effect = LoseRequest{}});
    server_.spoil({.request = kCommit, .effect = AnswerStatus{.status = status}});
    EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, append(base_, 1))), "unknown unknown_outcome")
        << status;
  }
}

TEST_F(RestCatalogTest, ARepeatThatConflictsWhileTheHeadStandsIsUnknown) {
  server_.spoil({.request = kCommit, .effect = LoseRequest{}});
  server_.spoil({.request = kCommit, .effect = AnswerStatus{.status = 409}});
  EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, append(base_, 1))), "unknown unknown_outcome");
}

TEST_F(RestCatalogTest, OurOwnChangeIsNotLostToItself) {
  server_.spoil({.request = kCommit, .effect = ServeTwice{}});
  EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, append(base_, 1))), "applied");
  EXPECT_EQ(server_.count(kCommit), 1);
}

TEST_F(RestCatalogTest, AnotherWriterBetweenTheSendingsWins) {
  const auto other = connect(server_);
  server_.spoil({.request = kCommit, .effect = LoseRequest{}});
  server_.spoil({.request = kCommit, .effect = ActBefore{[&] {
                                       EXPECT_EQ(outcome_name(other->swap(kTable, base_, append(base_, 2))),
                                                 "applied");
                                     }}});
  EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, append(base_, 1))), "lost fenced");
  EXPECT_THAT(snapshots(), testing::ElementsAre(SnapshotId(2)));
}

TEST_F(RestCatalogTest, AConflictThatCannotBeReadBackIsUnknown) {
  server_.spoil({.request = kCommit, .effect = ServeTwice{}});
  server_.spoil({.request = kLoad, .effect = AnswerStatus{.status = 500}, .times = kForEver});
  EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, append(base_, 1))), "unknown unknown_outcome");
}

// Sent twice it could undo what another did in between, and nothing in the table tells whose it is.
TEST_F(RestCatalogTest, AChangeWithoutASnapshotIsSentOnce) {
  const iceberg::TableChange change{.updates = {iceberg::SetProperties{{{"x", "1"}}}}};
  server_.spoil({.request = kCommit, .effect = LoseAnswer{}});
  EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, change)), "unknown unknown_outcome");
  EXPECT_EQ(server_.count(kCommit), 1);
  EXPECT_EQ(catalog_->load(kTable)->metadata.properties.at("x"), "1");
}

TEST_F(RestCatalogTest, AnAnswerThatCannotBeReadIsUnknown) {
  server_.spoil({.request = kCommit, .effect = AnswerStatus{.status = 200, .body = "<html>"}});
  EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, append(base_, 1))), "unknown unknown_outcome");
}

TEST_F(RestCatalogTest, ATableWhoseMakingIsNotAnsweredIsUnknown) {
  server_.spoil({.request = "POST /v1/namespaces/a/tables ", .effect = LoseAnswer{}});
  EXPECT_EQ(outcome_name(catalog_->create({{"a"}, "u"}, one_column())), "unknown unknown_outcome");
  EXPECT_EQ(server_.count("POST /v1/namespaces/a/tables "), 2);  // the first made t
  EXPECT_TRUE(catalog_->load({{"a"}, "u"}));
}

TEST_F(RestCatalogTest, ReadingIsPatient) {
  for (const Spoiling& effect : std::vector<Spoiling>{
           LoseRequest{}, LoseAnswer{}, AnswerStatus{.status = 503}, AnswerStatus{.status = 500}}) {
    server_.spoil({.request = kLoad, .effect = effect});
    EXPECT_TRUE(catalog_->load(kTable));
  }
  server_.spoil({.request = kLoad, .effect = AnswerStatus{.status = 500}, .times = kForEver});
  EXPECT_EQ(error_kind(catalog_->load(kTable)), ErrorKind::kUnavailable);
}

TEST_F(RestCatalogTest, ThePauseThatIsAskedForIsKept) {
  const auto seconds_of_a_refused_swap = [&](const std::string& retry_after) {
    server_.spoil({.request = kCommit,
                   .effect = AnswerStatus{.status = 503, .headers = "Retry-After: " + retry_after + "\r\n"}});
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, append(base_, 1))), "not applied unavailable");
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  };
  EXPECT_GE(seconds_of_a_refused_swap("1"), 1.0);
  for (const char* unheeded : {"0", "3600", "Fri, 31 Dec 1999 23:59:59 GMT", "-1"}) {
    EXPECT_LT(seconds_of_a_refused_swap(unheeded), 0.9) << unheeded;
  }
}

class KeyedRestCatalogTest : public RestCatalogTest {
 protected:
  KeyedRestCatalogTest()
      : RestCatalogTest(
            {.config = R"({"idempotency-key-lifetime":"PT30M"})", .keeps_idempotency_keys = true}) {}

  std::vector<std::string> keys() {
    std::vector<std::string> keys;
    for (const std::string& request : server_.requests()) {
      const std::string name = "Idempotency-Key: ";
      if (const auto at = request.find(name); at != std::string::npos) {
        keys.push_back(request.substr(at + name.size(), 36));
      }
    }
    return keys;
  }
};

TEST_F(KeyedRestCatalogTest, ARepeatHasItsKeyAndIsServedOnce) {
  const std::size_t before = keys().size();
  EXPECT_EQ(before, 1U);  // the table's making
  server_.spoil({.request = kCommit, .effect = LoseAnswer{}});
  const int loads = server_.count(kLoad);
  ASSERT_EQ(outcome_name(catalog_->swap(kTable, base_, append(base_, 1))), "applied");
  EXPECT_EQ(server_.count(kLoad), loads);  // the server's word was enough
  ASSERT_EQ(keys().size(), before + 2);
  EXPECT_EQ(keys()[before], keys()[before + 1]);
  ASSERT_TRUE(parse_uuid(keys()[before])) << keys()[before];
  EXPECT_EQ(keys()[before][14], '7');

  const LoadedTable after = catalog_->load(kTable).value();
  ASSERT_EQ(outcome_name(catalog_->swap(kTable, after, append(after, 2))), "applied");
  EXPECT_NE(keys().back(), keys()[before]);
}

TEST_F(KeyedRestCatalogTest, WithAKeyAnyChangeMayBeSentAgain) {
  server_.spoil({.request = kCommit, .effect = LoseAnswer{}});
  EXPECT_EQ(outcome_name(catalog_->swap(kTable, base_, {.updates = {iceberg::SetProperties{{{"x", "1"}}}}})),
            "applied");
  server_.spoil({.request = "POST /v1/namespaces/a/tables ", .effect = LoseAnswer{}});
  EXPECT_EQ(outcome_name(catalog_->create({{"a"}, "u"}, one_column())), "applied");
}

TEST(RestConnectTest, AnotherServiceIsNoCatalog) {
  struct Case {
    AnswerStatus answer;
    ErrorKind kind;
  };
  for (const auto& [answer, kind] : std::vector<Case>{{{.status = 200, .body = "<html>"}, ErrorKind::kConfig},
                                                      {{.status = 200, .body = "[]"}, ErrorKind::kConfig},
                                                      {{.status = 404}, ErrorKind::kConfig},
                                                      {{.status = 403}, ErrorKind::kAccessDenied},
                                                      {{.status = 500}, ErrorKind::kUnavailable}}) {
    FakeRestServer server;
    server.spoil({.request = "GET /v1/config", .effect = answer, .times = kForEver});
    EXPECT_EQ(error_kind(RestCatalog::connect(options(server))), kind) << answer.status << answer.body;
  }
}

TEST(RestConnectTest, AnAddressIsChecked) {
  for (const char* uri :
       {"", "catalog", "ftp://c/", "http://", "http://user:secret@c/", "http://c/?a=secret"}) {
    const auto catalog = RestCatalog::connect({.uri = uri});
    EXPECT_EQ(error_kind(catalog), ErrorKind::kConfig) << uri;
    EXPECT_THAT(catalog.error().message, Not(HasSubstr("secret"))) << uri;
  }
}

TEST(RestConnectTest, NobodyThereIsNotApplied) {
  auto server = std::make_unique<FakeRestServer>();
  const auto catalog = connect(*server);
  ASSERT_EQ(outcome_name(catalog->create(kTable, one_column())), "applied");
  const LoadedTable base = catalog->load(kTable).value();
  const RestOptions same = options(*server);
  server.reset();
  EXPECT_EQ(outcome_name(catalog->swap(kTable, base, append(base, 1))), "not applied unreachable");
  EXPECT_EQ(error_kind(catalog->load(kTable)), ErrorKind::kUnreachable);
  EXPECT_EQ(error_kind(RestCatalog::connect(same)), ErrorKind::kUnreachable);
}

TEST(RestConnectTest, TheWarehouseIsAskedForAndItsPrefixUsed) {
  FakeRestServer server({.config = R"({"overrides":{"prefix":"/lakes/a%20b/"}})"});
  RestOptions with_warehouse = options(server);
  with_warehouse.warehouse = "arn:aws:s3tables:r:1:bucket/b";
  const auto catalog = *RestCatalog::connect(with_warehouse);
  EXPECT_EQ(server.count("GET /v1/config?warehouse=arn%3Aaws%3As3tables%3Ar%3A1%3Abucket%2Fb "), 1);
  const TableIdentifier deep{.namespace_levels = {"a", "b c"}, .name = "t"};
  ASSERT_EQ(outcome_name(catalog->create(deep, one_column())), "applied");
  ASSERT_TRUE(catalog->load(deep));
  EXPECT_EQ(server.count("GET /v1/lakes/a%20b/namespaces/a%1Fb%20c/tables/t "), 1);
  EXPECT_EQ(server.count("POST /v1/lakes/a%20b/namespaces "), 2);  // a, and b c in it
}

TEST(RestConnectTest, OnlyWhatTheCatalogServesIsAskedFor) {
  FakeRestServer server({.config = R"({"endpoints":["POST /v1/{prefix}/namespaces/{namespace}/tables",
      "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}"]})"});
  const auto catalog = connect(server);
  ASSERT_EQ(outcome_name(catalog->create(kTable, one_column())), "applied");
  EXPECT_EQ(server.count("POST /v1/namespaces "), 0);
  const LoadedTable base = catalog->load(kTable).value();
  EXPECT_EQ(outcome_name(catalog->swap(kTable, base, append(base, 1))), "not applied unsupported");
  EXPECT_EQ(error_kind(catalog->probe_swap()), ErrorKind::kUnsupported);
  EXPECT_EQ(server.count(kCommit), 0);
}

// --- Lent keys --------------------------------------------------------------------------------------

std::string lent_keys(std::string_view key, std::int64_t expires_at_ms) {
  return fmt::format(R"(,"config":{{"s3.region":"eu-west-1","s3.access-key-id":"of the table"}},
      "storage-credentials":[
        {{"prefix":"memory://","config":{{"s3.access-key-id":"wide"}}}},
        {{"prefix":"memory://warehouse/","config":{{"s3.access-key-id":"{}",
          "s3.session-token-expires-at-ms":"{}"}}}}])",
                     key, expires_at_ms);
}

class TurnedClock final : public Clock {
 public:
  Timestamp now() const override { return now_; }
  std::chrono::steady_clock::time_point steady_now() const override {
    return std::chrono::steady_clock::now();
  }
  void turn(std::chrono::seconds by) { now_ += by; }

 private:
  Timestamp now_ = timestamp_from_micros(1'790'000'000'000'000);
};

TEST(RestStorageTest, KeysAreLentForAsLongAsTheyLast) {
  TurnedClock clock;
  const std::int64_t now_ms = to_millis(clock.now());
  FakeRestServer server;
  RestOptions asking = options(server);
  asking.clock = &clock;
  asking.vended_credentials = VendedCredentials::kAsked;
  const auto catalog = *RestCatalog::connect(asking);
  ASSERT_EQ(outcome_name(catalog->create(kTable, one_column())), "applied");

  server.set_table_extra(lent_keys("first", now_ms + 60'000));
  const LoadedTable table = catalog->load(kTable).value();
  EXPECT_THAT(server.requests().back(), HasSubstr("X-Iceberg-Access-Delegation: vended-credentials\r\n"));
  const std::string path = table.metadata.location + "/data/1.parquet";

  // About to expire, so others are asked for; but not at every turn.
  server.set_table_extra(lent_keys("second", now_ms + 3'600'000));
  EXPECT_EQ(catalog->storage_access(path)->properties.at("s3.access-key-id"), "first");
  clock.turn(std::chrono::seconds(31));
  const StorageAccess lent = catalog->storage_access(path).value();
  EXPECT_EQ(lent.properties.at("s3.access-key-id"), "second");
  EXPECT_EQ(lent.properties.at("s3.region"), "eu-west-1");
  EXPECT_EQ(lent.prefix, table.metadata.location + "/");

  const int loads = server.count(kLoad);
  EXPECT_EQ(catalog->storage_access(path), lent);
  EXPECT_EQ(server.count(kLoad), loads);
  // However long they are said to be good.
  server.set_table_extra(lent_keys("third", now_ms + 3'600'000));
  EXPECT_EQ(catalog->renewed_storage_access(path)->properties.at("s3.access-key-id"), "third");
  EXPECT_EQ(catalog->storage_access(path)->properties.at("s3.access-key-id"), "third");

  EXPECT_EQ(error_kind(catalog->storage_access(table.metadata.location + "2/data/1.parquet")),
            ErrorKind::kInternal);
}

TEST(RestStorageTest, TheNearestWordComesFirst) {
  FakeRestServer server({.config = R"({"defaults":{"a":"default","b":"default","c":"default","d":"default"},
      "overrides":{"c":"override","d":"override"}})",
                         .table_extra = R"(,"config":{"d":"table","s3.access-key-id":"of the table",
      "s3.session-token":"of the table"},
      "storage-credentials":[{"prefix":"memory://warehouse/v1/namespaces/a/tables/t/data/",
                              "config":{"s3.access-key-id":"of the data"}}])"});
  RestOptions own = options(server);
  own.properties = {{"b", "own"}, {"c", "own"}};
  const auto catalog = *RestCatalog::connect(own);
  ASSERT_EQ(outcome_name(catalog->create(kTable, one_column())), "applied");
  const std::string location = catalog->load(kTable)->metadata.location;
  const Properties expected = {{"a", "default"},
                               {"b", "own"},
                               {"c", "override"},
                               {"d", "table"},
                               {"s3.access-key-id", "of the table"},
                               {"s3.session-token", "of the table"}};
  EXPECT_EQ(catalog->storage_access(location + "/metadata/1.avro"),
            (StorageAccess{location + "/", expected}));
  Properties of_the_data = expected;
  of_the_data["s3.access-key-id"] = "of the data";
  of_the_data.erase("s3.session-token");  // of another key
  EXPECT_EQ(catalog->storage_access(location + "/data/1.parquet"),
            (StorageAccess{location + "/data/", of_the_data}));
  for (const auto& request : server.requests())
    EXPECT_THAT(request, Not(HasSubstr("Access-Delegation")));  // they are lent unasked
}

}  // namespace
}  // namespace calve::catalog
