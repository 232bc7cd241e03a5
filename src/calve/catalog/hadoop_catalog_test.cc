#include "calve/catalog/hadoop_catalog.h"

#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/catalog/catalog_under_test.h"
#include "calve/catalog/metadata_log.h"
#include "calve/catalog/test_gzip.h"
#include "calve/storage/faulty_store.h"
#include "calve/storage/memory_store.h"

namespace calve::catalog {
namespace {

using storage::Fault;
using storage::Verb;
using testing::ElementsAre;
using testing::HasSubstr;

const TableIdentifier kTable{{"analytics"}, "orders"};
const std::string kFolder = "memory://warehouse/analytics/orders/metadata";
const std::string kHint = kFolder + "/version-hint.text";

std::string version_path(int version) {
  return fmt::format("{}/v{}.metadata.json", kFolder, version);
}

class HadoopCatalogTest : public testing::Test {
 protected:
  // Makes the table and brings it to `version`, with a snapshot in each version after the first.
  LoadedTable make_table(int version) {
    EXPECT_EQ(outcome_text(catalog_.create(kTable, one_column_table(catalog_, kTable))), "applied");
    for (int snapshot = 1; snapshot < version; ++snapshot) {
      const LoadedTable base = load();
      EXPECT_EQ(outcome_text(catalog_.swap(kTable, base, append_snapshot(base, snapshot))), "applied");
    }
    return load();
  }

  LoadedTable load() {
    auto table = catalog_.load(kTable);
    EXPECT_TRUE(table) << table.error().message;
    return table ? std::move(*table) : LoadedTable{};
  }

  std::string swap(const LoadedTable& base, std::int64_t snapshot) {
    return outcome_text(catalog_.swap(kTable, base, append_snapshot(base, snapshot)));
  }

  std::vector<std::string> metadata_files() {
    std::vector<std::string> names;
    const auto objects = memory_.list(kFolder).value();
    for (const auto& object : objects)
      names.push_back(object.path.substr(kFolder.size() + 1));
    return names;
  }

  void move(const std::string& from, const std::string& to) {
    ASSERT_TRUE(memory_.write(to, memory_.read(from).value()));
    ASSERT_TRUE(memory_.remove(from));
  }

  void fail_always(Verb verb, std::string path, ErrorKind kind) {
    store_.inject({.verb = verb,
                   .path_contains = std::move(path),
                   .times = Fault::kAlways,
                   .effect = storage::FailBefore{{kind, "made to fail"}}});
  }

  storage::MemoryStore memory_;
  storage::FaultyStore store_{memory_};
  HadoopCatalog catalog_{store_, "memory://warehouse", system_clock()};
  HadoopCatalog other_{memory_, "memory://warehouse", system_clock()};
};

TEST_F(HadoopCatalogTest, KeepsARunOfVersionsAndAHint) {
  const LoadedTable table = make_table(3);
  EXPECT_EQ(table.version, "3");
  EXPECT_EQ(table.metadata_location, version_path(3));
  EXPECT_THAT(metadata_files(),
              ElementsAre("v1.metadata.json", "v2.metadata.json", "v3.metadata.json", "version-hint.text"));
  EXPECT_EQ(memory_.read(kHint), "3");
  EXPECT_EQ(catalog_.default_location({{"a", "b"}, "t"}), "memory://warehouse/a/b/t");
}

TEST_F(HadoopCatalogTest, NeverTrustsTheHintAlone) {
  const LoadedTable table = make_table(4);
  struct Case {
    const char* name;
    std::optional<std::string> hint;
  };
  for (const auto& [name, hint] :
       {Case{"right", "4"}, Case{"with a newline", "4\n"}, Case{"behind", "1"}, Case{"ahead", "9"},
        Case{"far ahead", "99999999999"}, Case{"missing", std::nullopt}, Case{"empty", ""}, Case{"zero", "0"},
        Case{"negative", "-4"}, Case{"words", "four"}, Case{"number and words", "4th"},
        Case{"too large for a number", "99999999999999999999999"},
        Case{"a UUID name of another catalog", "00004-2f1c"}}) {
    ASSERT_TRUE(hint ? memory_.write(kHint, *hint) : memory_.remove(kHint)) << name;
    EXPECT_EQ(load(), table) << name;
  }
}

TEST_F(HadoopCatalogTest, FindsTheTableWhoseOldestVersionsWereRemoved) {
  const LoadedTable table = make_table(4);
  ASSERT_TRUE(memory_.remove(version_path(1)));
  ASSERT_TRUE(memory_.remove(version_path(2)));
  for (const auto* hint : {"1", "2", "3", "4"}) {
    ASSERT_TRUE(memory_.write(kHint, hint));
    EXPECT_EQ(load(), table) << hint;
  }
}

TEST_F(HadoopCatalogTest, ProbesForwardWithoutAListing) {
  make_table(4);
  ASSERT_TRUE(memory_.write(kHint, "2"));
  const int before = store_.calls(Verb::kList);
  EXPECT_EQ(load().version, "4");
  EXPECT_EQ(store_.calls(Verb::kList), before);
}

TEST_F(HadoopCatalogTest, OtherFilesInTheFolderAreNoVersions) {
  const LoadedTable table = make_table(2);
  ASSERT_TRUE(memory_.remove(kHint));
  for (const auto* name : {"v9", "v9.metadata.tmp", "vv9.metadata.json", "v9x.metadata.json",
                           "00009-1d2e.metadata.json", "snap-9.avro", "v-9.metadata.json"}) {
    ASSERT_TRUE(memory_.write(kFolder + "/" + name, "no metadata"));
    EXPECT_EQ(load(), table) << name;
  }
}

TEST_F(HadoopCatalogTest, ReadsGzipUnderBothOfJavasNames) {
  const LoadedTable table = make_table(2);
  const std::string packed = gzip(memory_.read(version_path(2)).value());
  for (const auto* name : {"v2.gz.metadata.json", "v2.metadata.json.gz"}) {
    ASSERT_TRUE(memory_.remove(version_path(2)));
    ASSERT_TRUE(memory_.write(kFolder + "/" + name, packed));
    const LoadedTable found = load();
    EXPECT_EQ(found.metadata, table.metadata) << name;
    EXPECT_EQ(found.version, "2") << name;
    EXPECT_EQ(found.metadata_location, kFolder + "/" + name);
    EXPECT_EQ(swap(found, 2), "applied") << name;
    EXPECT_EQ(load().metadata.metadata_log.back().metadata_file, found.metadata_location) << name;
    ASSERT_TRUE(memory_.remove(version_path(3)));
    ASSERT_TRUE(memory_.remove(kFolder + "/" + name));
    ASSERT_TRUE(memory_.write(version_path(2), "replaced by the next case"));
  }
}

TEST_F(HadoopCatalogTest, DamagedMetadataIsNeverWrittenOver) {
  const LoadedTable base = make_table(2);
  const std::string whole = memory_.read(version_path(2)).value();
  struct Case {
    const char* name;
    std::string bytes;
    ErrorKind kind = ErrorKind::kInvalidData;
  };
  for (const auto& [name, bytes, kind] :
       {Case{"empty", ""}, Case{"cut short", whole.substr(0, whole.size() / 2)}, Case{"other JSON", "[]"},
        Case{"damaged gzip", gzip(whole).substr(0, 40)},
        Case{"a later format", R"({"format-version": 3})", ErrorKind::kUnsupported}}) {
    ASSERT_TRUE(memory_.write(version_path(2), bytes)) << name;
    const auto table = catalog_.load(kTable);
    ASSERT_FALSE(table) << name;
    EXPECT_EQ(table.error().kind, kind) << name;
    EXPECT_THAT(table.error().message, HasSubstr(version_path(2))) << name;
    EXPECT_EQ(outcome_text(catalog_.create(kTable, one_column_table(catalog_, kTable))),
              "lost already_exists")
        << name;
    EXPECT_EQ(memory_.read(version_path(2)), bytes) << name;
  }
}

// --- The four outcomes -------------------------------------------------------------------------------

TEST_F(HadoopCatalogTest, LosesToWhoeverCreatedTheNextVersion) {
  const LoadedTable base = make_table(1);
  store_.inject({.verb = Verb::kCreate,
                 .path_contains = "v2.metadata.json",
                 .effect = storage::Meanwhile{[&] {
                   EXPECT_EQ(outcome_text(other_.swap(kTable, base, append_snapshot(base, 1))), "applied");
                 }}});
  EXPECT_EQ(swap(base, 2), "lost fenced");
  EXPECT_THAT(snapshot_ids(load().metadata), ElementsAre(1));
}

TEST_F(HadoopCatalogTest, ALostAnswerIsSettledByAskingAgain) {
  const LoadedTable base = make_table(1);
  store_.inject(
      {.verb = Verb::kCreate, .path_contains = "v2.metadata.json", .effect = storage::LoseAnswer{}});
  EXPECT_EQ(swap(base, 1), "applied");
  EXPECT_EQ(store_.calls(Verb::kCreate, "v2.metadata.json"), 2);
  EXPECT_EQ(memory_.read(kHint), "2");
}

TEST_F(HadoopCatalogTest, ALostAnswerOfAnotherWritersRaceIsSettledToo) {
  const LoadedTable base = make_table(1);
  // The request that left never arrived, and another writer comes before the repeat.
  store_.inject({.verb = Verb::kCreate,
                 .path_contains = "v2.metadata.json",
                 .effect = storage::FailBefore{{ErrorKind::kUnknownOutcome, "reset"}}});
  store_.inject({.verb = Verb::kCreate,
                 .path_contains = "v2.metadata.json",
                 .effect = storage::Meanwhile{[&] {
                   EXPECT_EQ(outcome_text(other_.swap(kTable, base, append_snapshot(base, 1))), "applied");
                 }}});
  EXPECT_EQ(swap(base, 2), "lost fenced");
}

TEST_F(HadoopCatalogTest, WhatCannotBeSettledIsUnknown) {
  const LoadedTable base = make_table(1);
  const auto reset = storage::FailBefore{{ErrorKind::kUnknownOutcome, "reset"}};
  const auto refused = storage::FailBefore{{ErrorKind::kUnavailable, "slow down"}};
  const Fault next_version{.verb = Verb::kCreate, .path_contains = "v2.metadata.json", .effect = reset};

  fail_always(Verb::kCreate, "v2.metadata.json", ErrorKind::kUnknownOutcome);
  EXPECT_EQ(swap(base, 1), "unknown unknown_outcome") << "no attempt was answered";
  store_.clear_faults();

  store_.inject(next_version);
  store_.inject({.verb = Verb::kCreate, .path_contains = "v2.metadata.json", .effect = refused});
  EXPECT_EQ(swap(base, 1), "unknown unknown_outcome")
      << "the refusal of the repeat says nothing of the first";
  store_.clear_faults();

  store_.inject(
      {.verb = Verb::kCreate, .path_contains = "v2.metadata.json", .effect = storage::LoseAnswer{}});
  fail_always(Verb::kRead, "v2.metadata.json", ErrorKind::kUnavailable);
  EXPECT_EQ(swap(base, 1), "unknown unknown_outcome") << "whose file it is cannot be read";
  store_.clear_faults();
  EXPECT_THAT(snapshot_ids(load().metadata), ElementsAre(1)) << "it was ours";
}

TEST_F(HadoopCatalogTest, WhatDidNotHappenIsNotApplied) {
  const LoadedTable base = make_table(1);
  for (const auto kind :
       {ErrorKind::kUnavailable, ErrorKind::kUnreachable, ErrorKind::kAccessDenied, ErrorKind::kIo}) {
    for (const Verb verb : {Verb::kCreate, Verb::kStat}) {
      fail_always(verb, verb == Verb::kCreate ? "v2.metadata.json" : "v1.metadata.json", kind);
      EXPECT_EQ(swap(base, 1), fmt::format("not_applied {}", error_kind_name(kind)));
      store_.clear_faults();
      EXPECT_EQ(load(), base) << error_kind_name(kind);
    }
  }
  LoadedTable foreign = base;
  foreign.version = "a Glue version";
  EXPECT_EQ(swap(foreign, 1), "not_applied internal");
}

TEST_F(HadoopCatalogTest, ATableIsMadeOnceWhateverIsLost) {
  store_.inject(
      {.verb = Verb::kCreate, .path_contains = "v1.metadata.json", .effect = storage::LoseAnswer{}});
  EXPECT_EQ(outcome_text(catalog_.create(kTable, one_column_table(catalog_, kTable))), "applied");
  ASSERT_TRUE(memory_.remove(version_path(1)));
  ASSERT_TRUE(memory_.remove(kHint));

  fail_always(Verb::kCreate, "v1.metadata.json", ErrorKind::kUnknownOutcome);
  EXPECT_EQ(outcome_text(catalog_.create(kTable, one_column_table(catalog_, kTable))),
            "unknown unknown_outcome");
  store_.clear_faults();
  store_.inject({.verb = Verb::kCreate,
                 .path_contains = "v1.metadata.json",
                 .effect = storage::Meanwhile{[&] {
                   EXPECT_EQ(outcome_text(other_.create(kTable, one_column_table(other_, kTable))),
                             "applied");
                 }}});
  EXPECT_EQ(outcome_text(catalog_.create(kTable, one_column_table(catalog_, kTable))), "lost already_exists");
  fail_always(Verb::kList, "", ErrorKind::kAccessDenied);
  EXPECT_EQ(outcome_text(catalog_.create({{"analytics"}, "rejects"}, one_column_table(catalog_, kTable))),
            "not_applied access_denied");
}

TEST_F(HadoopCatalogTest, ASwapStandsThoughTheHintCouldNotBeWritten) {
  const LoadedTable base = make_table(1);
  fail_always(Verb::kWrite, "version-hint.text", ErrorKind::kUnavailable);
  EXPECT_EQ(swap(base, 1), "applied");
  EXPECT_EQ(memory_.read(kHint), "1");
  EXPECT_EQ(load().version, "2");
}

TEST_F(HadoopCatalogTest, AnUnreadableWarehouseIsNoMissingTable) {
  make_table(2);
  for (const auto kind : {ErrorKind::kAccessDenied, ErrorKind::kUnreachable}) {
    for (const auto& [verb, path] : {std::pair{Verb::kRead, "version-hint"},
                                     {Verb::kRead, "v2.metadata"},
                                     {Verb::kStat, "v2.metadata"},
                                     {Verb::kStat, "v3.metadata"}}) {
      fail_always(verb, path, kind);
      const auto table = catalog_.load(kTable);
      ASSERT_FALSE(table) << path;
      EXPECT_EQ(table.error().kind, kind) << path;
      store_.clear_faults();
    }
  }
}

// --- Beside the swap -----------------------------------------------------------------------------------

// As old S3 emulators are: the condition of the put is not looked at.
class OverwritingStore final : public storage::MemoryStore {
 public:
  Result<void> create(const std::string& path, std::string_view bytes) override { return write(path, bytes); }
};

TEST(HadoopCatalogProbeTest, RefusesAStoreThatIgnoresCreateIfAbsent) {
  OverwritingStore store;
  const auto proven = HadoopCatalog(store, "memory://warehouse", system_clock()).probe_swap();
  ASSERT_FALSE(proven);
  EXPECT_EQ(proven.error().kind, ErrorKind::kConfig);
  EXPECT_THAT(proven.error().message, HasSubstr("create-if-absent"));
  EXPECT_EQ(store.list("memory://").value().size(), 0u) << "the probe leaves nothing";
}

TEST_F(HadoopCatalogTest, LogsTheMetadataThatASwapReplaces) {
  const LoadedTable table = make_table(4);
  std::vector<std::string> files;
  for (const auto& entry : table.metadata.metadata_log)
    files.push_back(entry.metadata_file);
  EXPECT_THAT(files, ElementsAre(version_path(1), version_path(2), version_path(3)));
  EXPECT_THAT(table.metadata.metadata_log,
              testing::Each(testing::Field(&iceberg::MetadataLogEntry::timestamp,
                                           testing::Le(table.metadata.last_updated))));
}

TEST_F(HadoopCatalogTest, ATableThatWasMovedTakesNoFurtherChange) {
  const LoadedTable before = make_table(2);
  const iceberg::TableChange closing{
      .updates = {iceberg::SetProperties{{{kMovedToProperty, "http://rest"}}}}};
  ASSERT_EQ(outcome_text(catalog_.swap(kTable, before, closing)), "applied");
  EXPECT_EQ(swap(before, 7), "lost fenced");  // who was writing meets the last version

  const LoadedTable closed = load();
  const auto outcome = catalog_.swap(kTable, closed, append_snapshot(closed, 7));
  ASSERT_EQ(outcome_text(outcome), "not_applied config");
  EXPECT_THAT(std::get<NotApplied>(outcome).why.message, HasSubstr("http://rest"));
  EXPECT_EQ(load(), closed);

  const iceberg::TableChange opening{.updates = {iceberg::RemoveProperties{{kMovedToProperty}}}};
  ASSERT_EQ(outcome_text(catalog_.swap(kTable, closed, opening)), "applied");
  EXPECT_EQ(swap(load(), 7), "applied");
}

TEST(MetadataLogTest, KeepsAsManyAsThePropertySays) {
  struct Case {
    std::optional<std::string> property;
    std::size_t kept;
  };
  for (const auto& [property, kept] :
       {Case{std::nullopt, 100}, Case{"3", 3}, Case{"1", 1}, Case{"0", 1}, Case{"-7", 1}, Case{"many", 100},
        Case{"3.5", 100}, Case{"99999999999999", 100}}) {
    iceberg::TableMetadata next;
    if (property) next.properties[kPreviousVersionsMaxProperty] = *property;
    for (int version = 1; version <= 120; ++version) {
      log_previous_metadata(next, {.last_updated = timestamp_from_micros(version)}, version_path(version));
    }
    ASSERT_EQ(next.metadata_log.size(), kept) << property.value_or("none");
    EXPECT_EQ(next.metadata_log.back().metadata_file, version_path(120));
    EXPECT_EQ(next.metadata_log.back().timestamp, timestamp_from_micros(120));
  }
}

}  // namespace
}  // namespace calve::catalog
