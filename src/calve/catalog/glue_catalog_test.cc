// What is Glue's alone; what every catalog promises is in catalog_contract_test.cc.

#include "calve/catalog/glue_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/catalog/catalog_under_test.h"
#include "calve/catalog/fake_glue_server.h"
#include "calve/storage/faulty_store.h"
#include "calve/storage/memory_store.h"
#include "calve/storage/store_under_test.h"

namespace calve::catalog {
namespace {

using storage::error_kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

const TableIdentifier kOrders{{"analytics"}, "orders"};
const std::vector<std::string> kUpdate = {"UpdateTable"};

const RetryPolicy kImpatient{.attempts_max = 2, .first_delay = Milliseconds(1)};

class GlueCatalogTest : public testing::Test {
 protected:
  std::unique_ptr<GlueCatalog> connect() { return connect(store_); }
  std::unique_ptr<GlueCatalog> connect(storage::ObjectStore& store) {
    return GlueCatalog::open(store, {.endpoint = server_.url(),
                                     .warehouse = "memory://warehouse",
                                     .credentials = storage::fixed_credentials(
                                         {.access_key_id = "AKID", .secret_access_key = Secret("secret")}),
                                     .retry = kImpatient})
        .value();
  }

  LoadedTable make() {
    EXPECT_EQ(outcome_text(catalog_->create(kOrders, one_column_table(*catalog_, kOrders))), "applied");
    return catalog_->load(kOrders).value();
  }

  std::vector<std::string> metadata_files() {
    std::vector<std::string> files;
    const auto objects = store_.list("memory://").value();
    for (const auto& object : objects)
      files.push_back(object.path);
    return files;
  }

  std::string outcome_of_swap(const LoadedTable& base, std::int64_t id) {
    return outcome_text(catalog_->swap(kOrders, base, append_snapshot(base, id)));
  }

  storage::MemoryStore store_;
  FakeGlueServer server_;
  const std::unique_ptr<GlueCatalog> catalog_ = connect();
};

TEST_F(GlueCatalogTest, TheEntryIsWhatOtherEnginesLookFor) {
  const LoadedTable made = make();
  EXPECT_THAT(made.metadata_location,
              MatchesRegex("memory://warehouse/analytics.db/orders/metadata/00000-[0-9a-f-]*.metadata.json"));
  const auto outcome = catalog_->swap(kOrders, made, append_snapshot(made, 1));
  ASSERT_EQ(outcome_text(outcome), "applied");
  const LoadedTable& after = std::get<Applied>(outcome).table;
  EXPECT_THAT(after.metadata_location, HasSubstr("/00001-"));

  const nlohmann::json entry = server_.entry("analytics", "orders");
  EXPECT_EQ(entry.at("TableType"), "EXTERNAL_TABLE");
  EXPECT_EQ(entry.at("Parameters"), nlohmann::json({{"table_type", "ICEBERG"},
                                                    {"metadata_location", after.metadata_location},
                                                    {"previous_metadata_location", made.metadata_location}}));
  EXPECT_EQ(entry.at("StorageDescriptor").at("Location"), made.metadata.location);
  EXPECT_EQ(entry.at("StorageDescriptor").at("Columns").at(0).at("Type"), "bigint");
  EXPECT_EQ(after.metadata.metadata_log.front().metadata_file, made.metadata_location);
}

TEST_F(GlueCatalogTest, WhatOthersEnteredIsKept) {
  const LoadedTable made = make();
  server_.set_parameter("analytics", "orders", "owner-team", "sales");
  ASSERT_EQ(outcome_of_swap(made, 1), "applied");
  EXPECT_EQ(server_.entry("analytics", "orders").at("Parameters").at("owner-team"), "sales");
}

TEST_F(GlueCatalogTest, ATableLiesWhereItsDatabaseSays) {
  server_.add_database("analytics", "memory://elsewhere/analytics/");
  EXPECT_EQ(make().metadata.location, "memory://elsewhere/analytics/orders");
  EXPECT_EQ(server_.count("CreateDatabase"), 0);
}

TEST_F(GlueCatalogTest, AMetadataPathOfTheTableIsKeptTo) {
  iceberg::NewTable table = one_column_table(*catalog_, kOrders);
  table.properties["write.metadata.path"] = "memory://warehouse/only-metadata";
  ASSERT_EQ(outcome_text(catalog_->create(kOrders, table)), "applied");
  EXPECT_THAT(catalog_->load(kOrders)->metadata_location,
              HasSubstr("memory://warehouse/only-metadata/00000-"));
}

TEST_F(GlueCatalogTest, FilesThatFallOutOfTheLogAreDeletedIfTheTableSaysSo) {
  for (const bool says_so : {true, false}) {
    const TableIdentifier name{{"trimmed"}, says_so ? "short" : "long"};
    iceberg::NewTable table = one_column_table(*catalog_, name);
    table.properties = {{"write.metadata.previous-versions-max", "3"}};
    if (says_so) table.properties["write.metadata.delete-after-commit.enabled"] = "true";
    ASSERT_EQ(outcome_text(catalog_->create(name, table)), "applied");
    for (int id = 1; id <= 10; ++id) {
      const LoadedTable base = catalog_->load(name).value();
      ASSERT_EQ(outcome_text(catalog_->swap(name, base, append_snapshot(base, id))), "applied");
    }
    const LoadedTable last = catalog_->load(name).value();
    std::vector<std::string> kept = {last.metadata_location};
    for (const auto& entry : last.metadata.metadata_log)
      kept.push_back(entry.metadata_file);
    EXPECT_EQ(kept.size(), 4U);
    const auto found = store_.list(last.metadata.location + "/metadata/").value();
    EXPECT_EQ(found.size(), says_so ? kept.size() : 11U);
    for (const std::string& file : kept)
      EXPECT_TRUE(store_.stat(file)) << file;
  }
}

// Also those that a swap meets whose answer was lost, behind another's that came after it.
TEST_F(GlueCatalogTest, ASwapThatIsFoundLaterDeletesAsWell) {
  iceberg::NewTable table = one_column_table(*catalog_, kOrders);
  table.properties = {{"write.metadata.previous-versions-max", "2"},
                      {"write.metadata.delete-after-commit.enabled", "true"}};
  ASSERT_EQ(outcome_text(catalog_->create(kOrders, table)), "applied");
  for (int id = 1; id <= 2; ++id)
    ASSERT_EQ(outcome_of_swap(catalog_->load(kOrders).value(), id), "applied");
  const LoadedTable base = catalog_->load(kOrders).value();
  server_.spoil({.operations = kUpdate,
                 .effect = FakeGlueServer::ActThenDrop{[&] {
                   const auto other = connect();
                   const LoadedTable ours = other->load(kOrders).value();
                   EXPECT_EQ(outcome_text(other->swap(kOrders, ours, append_snapshot(ours, 4))), "applied");
                 }}});
  ASSERT_EQ(outcome_of_swap(base, 3), "applied");
  const LoadedTable last = catalog_->load(kOrders).value();
  EXPECT_EQ(store_.list(last.metadata.location + "/metadata/")->size(), 3U);
}

TEST_F(GlueCatalogTest, AReaderWhoseFileIsDeletedMeanwhileReadsTheNext) {
  iceberg::NewTable table = one_column_table(*catalog_, kOrders);
  table.properties = {{"write.metadata.previous-versions-max", "1"},
                      {"write.metadata.delete-after-commit.enabled", "true"}};
  ASSERT_EQ(outcome_text(catalog_->create(kOrders, table)), "applied");
  storage::FaultyStore slow(store_);
  slow.inject({.verb = storage::Verb::kRead,
               .path_contains = "/00000-",
               .effect = storage::Meanwhile{[&] {
                 for (int id = 1; id <= 2; ++id) {
                   const LoadedTable base = catalog_->load(kOrders).value();
                   EXPECT_EQ(outcome_text(catalog_->swap(kOrders, base, append_snapshot(base, id))),
                             "applied");
                 }
               }}});
  const auto reader = connect(slow);
  const auto read = reader->load(kOrders);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, catalog_->load(kOrders).value());
}

TEST_F(GlueCatalogTest, ADatabaseWithinADatabaseIsRefused) {
  const TableIdentifier nested{{"a", "b"}, "t"};
  EXPECT_EQ(outcome_text(catalog_->create(nested, one_column_table(*catalog_, nested))),
            "not_applied config");
  EXPECT_THAT(server_.operations(), testing::IsEmpty());
}

TEST_F(GlueCatalogTest, ATableIsTakenOverWhereItLies) {
  const LoadedTable made = make();
  const TableIdentifier moved{{"moved"}, "orders"};
  ASSERT_EQ(outcome_text(catalog_->register_table(moved, made.metadata_location)), "applied");
  EXPECT_EQ(catalog_->load(moved), made);
  EXPECT_EQ(outcome_text(catalog_->swap(moved, made, append_snapshot(made, 1))), "applied");
  EXPECT_EQ(catalog_->load(kOrders), made);

  EXPECT_EQ(outcome_text(catalog_->register_table(moved, made.metadata_location)), "lost already_exists");
  const std::string missing = made.metadata.location + "/metadata/none.metadata.json";
  EXPECT_EQ(outcome_text(catalog_->register_table({{"moved"}, "none"}, missing)), "not_applied invalid_data");
  EXPECT_EQ(outcome_text(catalog_->register_table({{"a", "b"}, "t"}, made.metadata_location)),
            "not_applied config");
}

TEST_F(GlueCatalogTest, EntriesThatAreNoTableOfIcebergAreNotTouched) {
  const LoadedTable made = make();
  server_.set_parameter("analytics", "orders", "table_type", "HUDI");
  EXPECT_EQ(error_kind(catalog_->load(kOrders)), ErrorKind::kConfig);
  EXPECT_EQ(outcome_of_swap(made, 1), "not_applied config");
  server_.set_parameter("analytics", "orders", "table_type", "iceberg");
  EXPECT_EQ(catalog_->load(kOrders).value(), made);
}

// Were it kNotFound, the table would be made anew over its data.
TEST_F(GlueCatalogTest, AMetadataFileThatIsMissingIsDamage) {
  const LoadedTable made = make();
  ASSERT_TRUE(store_.remove(made.metadata_location));
  const auto loaded = catalog_->load(kOrders);
  EXPECT_EQ(error_kind(loaded), ErrorKind::kInvalidData);
  EXPECT_THAT(loaded.error().message, HasSubstr(made.metadata_location));
}

enum class File { kDeleted, kKept };

struct Refusal {
  int status;
  const char* code;
  const char* outcome;
  File file;  // the one that the swap wrote
};

TEST_F(GlueCatalogTest, EachErrorMeansOneOutcome) {
  constexpr Refusal kRefusals[] = {
      {400, "AccessDeniedException", "not_applied access_denied", File::kDeleted},
      {400, "ExpiredTokenException", "not_applied access_denied", File::kDeleted},
      {403, "Unheard", "not_applied access_denied", File::kDeleted},
      {400, "EntityNotFoundException", "not_applied not_found", File::kDeleted},
      {400, "InvalidInputException", "not_applied config", File::kDeleted},
      {400, "ResourceNumberLimitExceededException", "not_applied config", File::kDeleted},
      {400, "ThrottlingException", "not_applied unavailable", File::kDeleted},
      {429, "Unheard", "not_applied unavailable", File::kDeleted},
      {400, "ConcurrentModificationException", "lost fenced", File::kKept},
      {400, "OperationTimeoutException", "unknown unknown_outcome", File::kKept},
      {500, "InternalServiceException", "unknown unknown_outcome", File::kKept},
      {502, "BadGateway", "unknown unknown_outcome", File::kKept},
      {503, "ServiceUnavailableException", "unknown unknown_outcome", File::kKept},
  };
  const LoadedTable base = make();
  for (const Refusal& refusal : kRefusals) {
    const auto files_before = metadata_files();
    server_.spoil({.operations = kUpdate,
                   .effect = FakeGlueServer::Refuse{refusal.status, refusal.code},
                   .times = GlueCatalog::kSendingsMax});
    EXPECT_EQ(outcome_of_swap(base, 1), refusal.outcome) << refusal.code;
    EXPECT_EQ(catalog_->load(kOrders).value(), base) << refusal.code;
    EXPECT_EQ(metadata_files().size(), files_before.size() + (refusal.file == File::kKept ? 1 : 0))
        << refusal.code;
    server_.spoil_nothing();
  }
}

// Field bug B5: an UpdateTable without a VersionId writes over the change of another.
TEST_F(GlueCatalogTest, AChangeBetweenReadingAndSwappingIsNotWrittenOver) {
  const LoadedTable base = make();
  server_.spoil({.operations = kUpdate,
                 .effect = FakeGlueServer::ActBefore{[&] {
                   const auto other = connect();
                   EXPECT_EQ(outcome_text(other->swap(kOrders, base, append_snapshot(base, 1))), "applied");
                 }}});
  EXPECT_EQ(outcome_of_swap(base, 2), "lost fenced");
  EXPECT_THAT(snapshot_ids(catalog_->load(kOrders)->metadata), ElementsAre(1));
  EXPECT_THAT(metadata_files(), testing::SizeIs(2));  // of the two tables that were current
  EXPECT_EQ(outcome_of_swap(base, 2), "lost fenced");
}

// Field bug B8: the second of two sendings is answered that another was first, and that was the first.
TEST_F(GlueCatalogTest, AConflictWithOurselvesIsApplied) {
  const LoadedTable base = make();
  server_.spoil({.operations = kUpdate, .effect = FakeGlueServer::ServeAgain{}});
  const auto outcome = catalog_->swap(kOrders, base, append_snapshot(base, 1));
  ASSERT_EQ(outcome_text(outcome), "applied");
  EXPECT_EQ(std::get<Applied>(outcome).table, catalog_->load(kOrders).value());
}

// Field bug B9: a time-out is no failure.
TEST_F(GlueCatalogTest, AnAnswerThatIsLostIsReadBack) {
  const LoadedTable base = make();
  server_.spoil({.operations = kUpdate, .effect = FakeGlueServer::DropAnswer{}});
  EXPECT_EQ(outcome_of_swap(base, 1), "applied");
  EXPECT_EQ(server_.count("UpdateTable"), 1);
  EXPECT_THAT(snapshot_ids(catalog_->load(kOrders)->metadata), ElementsAre(1));
}

// Field bug B10: that the table still is as it was does not say that the change will not come.
TEST_F(GlueCatalogTest, ARequestThatMayStillBeServedIsUnknownAndItsFileStays) {
  const LoadedTable base = make();
  server_.spoil(
      {.operations = kUpdate, .effect = FakeGlueServer::DropRequest{}, .times = GlueCatalog::kSendingsMax});
  EXPECT_EQ(outcome_of_swap(base, 1), "unknown unknown_outcome");
  EXPECT_EQ(server_.count("UpdateTable"), GlueCatalog::kSendingsMax);
  EXPECT_THAT(metadata_files(), testing::SizeIs(2));
}

TEST_F(GlueCatalogTest, ARequestThatWasLostIsSentAgain) {
  const LoadedTable base = make();
  server_.spoil({.operations = kUpdate, .effect = FakeGlueServer::DropRequest{}});
  EXPECT_EQ(outcome_of_swap(base, 1), "applied");
  EXPECT_THAT(snapshot_ids(catalog_->load(kOrders)->metadata), ElementsAre(1));
}

// Field bug B17: others build on our change before we learn that it was applied.
TEST_F(GlueCatalogTest, AChangeThatOthersBuiltOnIsFoundInTheLog) {
  const LoadedTable base = make();
  server_.spoil({.operations = kUpdate,
                 .effect = FakeGlueServer::ActThenDrop{[&] {
                   const auto other = connect();
                   const LoadedTable ours = other->load(kOrders).value();
                   EXPECT_EQ(outcome_text(other->swap(kOrders, ours, append_snapshot(ours, 2))), "applied");
                 }}});
  const auto outcome = catalog_->swap(kOrders, base, append_snapshot(base, 1));
  ASSERT_EQ(outcome_text(outcome), "applied");
  EXPECT_THAT(snapshot_ids(std::get<Applied>(outcome).table.metadata), ElementsAre(1, 2));
}

// The log was trimmed to one file in between: neither yes nor no can be read from it.
TEST_F(GlueCatalogTest, ALogThatWasTrimmedProvesNothing) {
  const LoadedTable base = make();
  server_.spoil({.operations = kUpdate, .effect = FakeGlueServer::ActThenDrop{[&] {
                                          const auto other = connect();
                                          for (const std::int64_t id : {2, 3}) {
                                            const LoadedTable now = other->load(kOrders).value();
                                            auto change = append_snapshot(now, id);
                                            change.updates.emplace_back(iceberg::SetProperties{
                                                {{"write.metadata.previous-versions-max", "1"}}});
                                            EXPECT_EQ(outcome_text(other->swap(kOrders, now, change)),
                                                      "applied");
                                          }
                                        }}});
  EXPECT_EQ(outcome_of_swap(base, 1), "unknown unknown_outcome");
  EXPECT_THAT(snapshot_ids(catalog_->load(kOrders)->metadata), ElementsAre(1, 2, 3));
}

TEST_F(GlueCatalogTest, ATableWhoseAnswerIsLostIsOurs) {
  server_.spoil({.operations = {"CreateTable"}, .effect = FakeGlueServer::DropAnswer{}});
  EXPECT_EQ(outcome_text(catalog_->create(kOrders, one_column_table(*catalog_, kOrders))), "applied");
}

TEST_F(GlueCatalogTest, ATableThatLostTheRaceLeavesNoFile) {
  const LoadedTable made = make();
  EXPECT_EQ(outcome_text(connect()->create(kOrders, one_column_table(*catalog_, kOrders))),
            "lost already_exists");
  EXPECT_THAT(metadata_files(), ElementsAre(made.metadata_location));
}

TEST_F(GlueCatalogTest, WhetherATableMayBeChangedIsFoundOutWithoutChangingIt) {
  make();
  const nlohmann::json before = server_.entry("analytics", "orders");
  EXPECT_TRUE(catalog_->probe_change(kOrders));
  EXPECT_EQ(server_.entry("analytics", "orders"), before);
  EXPECT_EQ(server_.count("UpdateTable"), 1);
  server_.spoil({.operations = kUpdate, .effect = FakeGlueServer::Refuse{400, "AccessDeniedException"}});
  const auto denied = catalog_->probe_change(kOrders);
  EXPECT_EQ(error_kind(denied), ErrorKind::kAccessDenied);
  EXPECT_THAT(denied.error().message, HasSubstr("glue:UpdateTable"));
}

TEST_F(GlueCatalogTest, ReadsAreRepeated) {
  make();
  for (const FakeGlueServer::Effect& effect :
       {FakeGlueServer::Effect(FakeGlueServer::DropAnswer{}),
        FakeGlueServer::Effect(FakeGlueServer::Refuse{500, "InternalServiceException"}),
        FakeGlueServer::Effect(FakeGlueServer::Refuse{400, "ThrottlingException"})}) {
    server_.spoil({.operations = {"GetTable"}, .effect = effect});
    EXPECT_TRUE(catalog_->load(kOrders)) << effect.index();
    server_.spoil({.operations = {"GetTable"}, .effect = effect, .times = 100});
    EXPECT_EQ(error_kind(catalog_->load(kOrders)), ErrorKind::kUnavailable) << effect.index();
    server_.spoil_nothing();
  }
}

TEST(GlueClientTest, WhatCanBeNoAddressIsRefused) {
  for (const GlueOptions& options : {GlueOptions{.endpoint = "glue:5000"}, GlueOptions{.endpoint = "http://"},
                                     GlueOptions{.endpoint = "http://me:secret@host"},
                                     GlueOptions{.region = ""}, GlueOptions{.region = "evil.example.com/"}}) {
    EXPECT_EQ(error_kind(GlueClient::create(options)), ErrorKind::kConfig)
        << options.endpoint << " " << options.region;
  }
}

}  // namespace
}  // namespace calve::catalog
