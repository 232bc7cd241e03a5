// A pipeline's tables are made by the engine itself, then damaged; each damage must be found, by its
// kind and no other.

#include "calve/cli/verification.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/base/uuid.h"
#include "calve/catalog/hadoop_catalog.h"
#include "calve/cli/verify_report.h"
#include "calve/commit/journal.h"
#include "calve/commit/position.h"
#include "calve/commit/table_setup.h"
#include "calve/config/builtin_contract.h"
#include "calve/contract/reject_columns.h"
#include "calve/iceberg/manifest.h"
#include "calve/produce/run.h"
#include "calve/runtime/pipeline.h"
#include "calve/source/file_log_source.h"
#include "calve/storage/local_store.h"

namespace calve::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kTopic = "orders.created.v1";
constexpr const char* kPipeline = "orders";
constexpr std::int64_t kEventsPerRun = 400;

class VerificationTest : public testing::Test {
 protected:
  // Made once: the files of two runs, so that there is a history. Each test damages its own copy, under
  // the same path, since metadata holds whole paths.
  static void SetUpTestSuite() {
    VerificationTest engine;
    engine.make_tables();
    for (const std::uint64_t seed : {1, 2}) {
      engine.send_events(seed);
      engine.run_pipeline();
    }
    fs::rename(kRoot, kPristine);
  }
  static void TearDownTestSuite() { fs::remove_all(kPristine); }
  void SetUp() override { fs::copy(kPristine, kRoot, fs::copy_options::recursive); }
  void TearDown() override { fs::remove_all(kRoot); }
  void TestBody() override {}

  void make_tables() {
    for (const auto& [identifier, schema, spec] :
         {std::tuple{&orders_, contract_.table_schema(), contract_.partition_spec()},
          std::tuple{&rejects_, contract::rejects_schema(), contract::rejects_partition_spec()}}) {
      ASSERT_TRUE(commit::set_up_table(catalog_,
                                       {.identifier = *identifier, .schema = schema, .partition_spec = spec},
                                       system_clock(), {}));
    }
  }

  void send_events(std::uint64_t seed) {
    const auto options = produce::validate({.target = produce::FileLogTarget{.root = log_, .partitions = 2},
                                            .count = kEventsPerRun,
                                            .seed = seed,
                                            .invalid = {.per_million = 200'000}});
    ASSERT_TRUE(options);
    const auto sender = produce::open_sender(options->target, {});
    ASSERT_TRUE(sender);
    ASSERT_TRUE(produce::produce(*options, {.sender = **sender}, [](const auto&) {}, {}));
  }

  void run_pipeline() {
    const auto source = open_log();
    runtime::Metrics metrics(kPipeline);
    runtime::Health health(Milliseconds(60'000));
    runtime::Pipeline pipeline({.source = *source,
                                .contract = contract_,
                                .catalog = catalog_,
                                .store = store_,
                                .clock = system_clock(),
                                .metrics = metrics,
                                .health = health},
                               {.pipeline = kPipeline,
                                .orders = orders_,
                                .rejects = rejects_,
                                .until = runtime::Until::kSourceEnd,
                                .workers = 1,
                                .commit_interval = Milliseconds(20)});
    const auto done = pipeline.run({});
    ASSERT_TRUE(done) << done.error().message;
  }

  std::unique_ptr<source::Source> open_log() const {
    return source::open_file_log({.root = log_, .topic = kTopic}).value();
  }

  Result<Verification> try_verify(const contract::Contract* contract,
                                  const std::string& pipeline = kPipeline) {
    const auto source = open_log();
    VerificationProgress progress;
    return verify_tables({.source = *source,
                          .catalog = catalog_,
                          .store = store_,
                          .contract = contract,
                          .pipeline = pipeline,
                          .orders = orders_,
                          .rejects = rejects_},
                         progress, {});
  }
  Verification verify() {
    auto verification = try_verify(&contract_);
    EXPECT_TRUE(verification) << verification.error().message;
    return verification ? std::move(*verification) : Verification{};
  }

  // --- Damage ------------------------------------------------------------------------------------

  catalog::LoadedTable load(const catalog::TableIdentifier& table) { return catalog_.load(table).value(); }

  std::vector<iceberg::ManifestFile> current_list(const iceberg::TableMetadata& table) {
    return iceberg::read_manifest_list(store_.read(iceberg::current_snapshot(table)->manifest_list).value())
        .value();
  }
  iceberg::DataFile some_data_file() {
    const auto list = current_list(load(orders_).metadata);
    return iceberg::read_manifest(store_.read(list.back().manifest_path).value())
        .value()
        .entries.back()
        .data_file;
  }

  void change(const catalog::TableIdentifier& table, std::vector<iceberg::TableUpdate> updates) {
    const auto outcome = catalog_.swap(table, load(table), {.updates = std::move(updates)});
    ASSERT_TRUE(std::holds_alternative<catalog::Applied>(outcome));
  }

  static inline const fs::path kRoot =
      fs::temp_directory_path() / ("calve-verify-" + to_string(random_uuid()));
  static inline const fs::path kPristine = kRoot.string() + "-pristine";
  const fs::path log_ = kRoot / "log";
  storage::LocalStore store_;
  catalog::HadoopCatalog catalog_{store_, (kRoot / "warehouse").string(), system_clock()};
  contract::Contract contract_ = contract::Contract::load(config::builtin_contract()).value();
  catalog::TableIdentifier orders_{{"analytics"}, "orders"};
  catalog::TableIdentifier rejects_{{"analytics"}, "orders_rejected"};
};

std::int64_t count(const Verification& verification, Fault fault) {
  return verification.total().faults[static_cast<std::size_t>(fault)];
}

std::vector<std::string> kinds(const Verification& verification) {
  std::vector<std::string> kinds;
  for (const auto& [kind, complaint] : verification.complaints.by_kind())
    kinds.push_back(kind);
  return kinds;
}

std::vector<std::string> strays(const Verification& verification) {
  const auto& by_kind = verification.complaints.by_kind();
  const auto found = by_kind.find(kStrayFile);
  return found == by_kind.end() ? std::vector<std::string>{} : found->second.first;
}

std::string text_of(const Verification& verification) {
  std::ostringstream out;
  print_verification(out, verification);
  return out.str();
}

TEST_F(VerificationTest, TheEnginesOwnTablesAreExact) {
  const Verification verification = verify();
  EXPECT_TRUE(verification.is_exact()) << text_of(verification);
  const PartitionAccount total = verification.total();
  EXPECT_EQ(total.records, 2 * kEventsPerRun);
  EXPECT_EQ(total.valid + total.rejected, total.records);
  EXPECT_GT(total.rejected, 0);
  EXPECT_EQ(verification.partitions.size(), 2u);
  EXPECT_THAT(text_of(verification), HasSubstr("exactly once: 800 of 800 events accounted for"));
}

TEST_F(VerificationTest, EventsThatWaitAreNotMissingButCounted) {
  EXPECT_EQ(verify().not_read_yet, 0);
  EXPECT_THAT(text_of(verify()), testing::Not(HasSubstr("not read yet")));
  send_events(3);
  const Verification verification = verify();
  EXPECT_TRUE(verification.is_exact());
  EXPECT_EQ(verification.total().records, 2 * kEventsPerRun);
  EXPECT_EQ(verification.not_read_yet, kEventsPerRun);
  EXPECT_THAT(text_of(verification), HasSubstr("400 events after the table's position are not read yet\n"));
  std::ostringstream json;
  print_verification_json(json, verification);
  EXPECT_THAT(json.str(), HasSubstr("\"not_read_yet\":400"));
}

TEST_F(VerificationTest, EventsOfANewPartitionWaitToo) {
  std::ofstream(log_ / kTopic / "2.ndjson") << "{}\n{}\n";
  const Verification verification = verify();
  EXPECT_TRUE(verification.is_exact());
  EXPECT_EQ(verification.not_read_yet, 2);
  EXPECT_EQ(verification.partitions.size(), 2u);
}

TEST_F(VerificationTest, RowsOfTwoPipelinesCannotBeToldApart) {
  const iceberg::TableMetadata table = load(orders_).metadata;
  const iceberg::Snapshot& current = *iceberg::current_snapshot(table);
  const commit::Position second{
      .source = batch::LogIdentity{.cluster = "file", .topic = "other", .topic_id = "1"},
      .next = {{PartitionId(0), Offset(10)}}};
  change(
      orders_,
      {iceberg::SetProperties{{{commit::position_property_name("second"),
                                commit::position_property(second, current.id, current.sequence_number)}}}});
  for (const char* pipeline : {kPipeline, "second"}) {
    const auto verification = try_verify(&contract_, pipeline);
    ASSERT_FALSE(verification) << pipeline;
    EXPECT_EQ(verification.error().kind, ErrorKind::kUnsupported) << pipeline;
    EXPECT_THAT(verification.error().message, HasSubstr("2 pipelines")) << pipeline;
    EXPECT_THAT(verification.error().message, HasSubstr("orders, second")) << pipeline;
  }
}

TEST_F(VerificationTest, AContractThatDoesNotFitTheTableJudgesNothing) {
  std::string text(config::builtin_contract());
  const std::string known = R"("note": {"type": ["string", "null"], "maxLength": 500)";
  const std::size_t place = text.find(known);
  ASSERT_NE(place, std::string::npos);
  text.replace(place, known.size(), R"("note": {"type": ["boolean", "null"])");
  const auto other = contract::Contract::load(text);
  ASSERT_TRUE(other) << other.error().message;
  const auto verification = try_verify(&*other);
  ASSERT_FALSE(verification);
  EXPECT_EQ(verification.error().kind, ErrorKind::kConfig);
  EXPECT_THAT(verification.error().message,
              HasSubstr("The contract does not fit the table analytics.orders"));
}

TEST_F(VerificationTest, ADataFileTakenOutOfItsManifest) {
  const auto list = current_list(load(orders_).metadata);
  auto manifest = iceberg::read_manifest(store_.read(list.back().manifest_path).value()).value();
  const iceberg::DataFile lost = manifest.entries.back().data_file;
  manifest.entries.pop_back();
  const auto bytes = iceberg::write_manifest(manifest, iceberg::AvroCodec::kDeflate);
  ASSERT_TRUE(store_.write(list.back().manifest_path, bytes.value()));

  const Verification verification = verify();
  EXPECT_EQ(count(verification, Fault::kMissing), lost.record_count);
  EXPECT_EQ(verification.total().fault_count(), lost.record_count);
  EXPECT_THAT(strays(verification), ElementsAre(lost.file_path));
  EXPECT_THAT(kinds(verification), testing::IsSupersetOf({kLedgerCounts, kStrayFile}));
  EXPECT_THAT(text_of(verification), HasSubstr("NOT exactly once"));
}

TEST_F(VerificationTest, FilesThatWereAppendedTwice) {
  const iceberg::TableMetadata table = load(orders_).metadata;
  const iceberg::Snapshot& current = *iceberg::current_snapshot(table);
  auto list = current_list(table);
  const std::int64_t rows = list.front().added_rows_count + list.front().existing_rows_count;
  list.push_back(list.front());
  iceberg::Snapshot twice{.id = SnapshotId(77),
                          .parent_id = current.id,
                          .sequence_number = current.sequence_number.plus(1),
                          .timestamp = current.timestamp,
                          .manifest_list = table.location + "/metadata/snap-77.avro"};
  const auto bytes = iceberg::write_manifest_list(
      {.snapshot_id = twice.id, .parent_snapshot_id = current.id, .sequence_number = twice.sequence_number},
      list, iceberg::AvroCodec::kDeflate);
  ASSERT_TRUE(store_.write(twice.manifest_list, bytes.value()));
  change(orders_, {iceberg::AddSnapshot{twice}, iceberg::SetSnapshotRef{"main", {.snapshot_id = twice.id}}});

  const Verification verification = verify();
  EXPECT_GT(rows, 0);
  EXPECT_EQ(count(verification, Fault::kDuplicated), rows);
  EXPECT_EQ(verification.total().fault_count(), rows);
  EXPECT_THAT(kinds(verification), ElementsAre(kLedgerCounts));
}

TEST_F(VerificationTest, FilesThatNothingAccountsFor) {
  const std::string location = load(orders_).metadata.location;
  const std::vector<std::string> planted = {
      location + "/data/left.parquet", location + "/data/2026/deep.parquet",
      location + "/metadata/left-m0.avro", location + "/metadata/v99.metadata.json",
      location + "/metadata/.v2.metadata.json",
      // What a killed process leaves where the file system has no nameless files.
      location + "/data/." + to_string(random_uuid()) + ".tmp"};
  for (const std::string& path : planted) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << "x";
  }
  const Verification verification = verify();
  EXPECT_THAT(strays(verification), testing::UnorderedElementsAreArray(planted));
  EXPECT_THAT(kinds(verification), ElementsAre(kStrayFile));
  EXPECT_EQ(verification.total().fault_count(), 0);
}

TEST_F(VerificationTest, FilesThatAJournalOrJavaAccountsFor) {
  const std::string location = load(orders_).metadata.location;
  const commit::EpochFiles files{.location = location, .snapshot_id = SnapshotId(5), .data_files = 2};
  const commit::Journal journal{
      .pipeline = kPipeline, .epoch = random_uuid(), .writer = random_uuid(), .tables = {files}};
  const std::vector<std::pair<std::string, std::string>> planted = {
      {commit::journal_path(location, journal.epoch), commit::serialize_journal(journal)},
      {commit::data_file_path(files, journal.epoch, 1), "x"},
      {commit::manifest_path(files, journal.epoch), "x"},
      {commit::manifest_list_path(files, journal.epoch, 3), "x"},
      {location + "/metadata/.v1.metadata.json.crc", "x"}};
  for (const auto& [path, bytes] : planted)
    ASSERT_TRUE(store_.write(path, bytes)) << path;
  EXPECT_THAT(strays(verify()), IsEmpty());

  // One number more than the journal names.
  ASSERT_TRUE(store_.write(commit::data_file_path(files, journal.epoch, 2), "x"));
  EXPECT_THAT(strays(verify()), ElementsAre(commit::data_file_path(files, journal.epoch, 2)));
}

TEST_F(VerificationTest, ADataFileOfAnotherSize) {
  const iceberg::DataFile file = some_data_file();
  std::ofstream(file.file_path, std::ios::app) << "x";
  const Verification verification = verify();
  EXPECT_THAT(kinds(verification), ElementsAre(kFileSize, kFileUnreadable, kLedgerCounts));
  EXPECT_EQ(count(verification, Fault::kMissing), file.record_count);
}

TEST_F(VerificationTest, ADataFileThatIsGone) {
  const iceberg::DataFile file = some_data_file();
  fs::remove(file.file_path);
  const Verification verification = verify();
  EXPECT_THAT(kinds(verification), ElementsAre(kFileMissing, kLedgerCounts));
  EXPECT_THAT(verification.complaints.by_kind().at(kFileMissing).first, ElementsAre(file.file_path));
  EXPECT_EQ(count(verification, Fault::kMissing), file.record_count);
}

TEST_F(VerificationTest, AManifestThatIsGone) {
  const std::string manifest = current_list(load(rejects_).metadata).back().manifest_path;
  fs::remove(manifest);
  const Verification verification = verify();
  EXPECT_THAT(verification.complaints.by_kind().at(kFileMissing).first, testing::Contains(manifest));
  EXPECT_GT(count(verification, Fault::kMissing), 0);
}

TEST_F(VerificationTest, EventsInTheWrongTable) {
  std::string text(config::builtin_contract());
  const std::string known = "\"minimum\": 1,\n          \"maximum\": 1000";
  const std::size_t place = text.find(known);
  ASSERT_NE(place, std::string::npos);
  text.replace(place, known.size(), "\"minimum\": 2,\n          \"maximum\": 1000");
  const auto stricter = contract::Contract::load(text).value();

  const auto judged = try_verify(&stricter);
  ASSERT_TRUE(judged) << judged.error().message;
  EXPECT_GT(count(*judged, Fault::kWrongTable), 0);
  EXPECT_EQ(judged->total().fault_count(), count(*judged, Fault::kWrongTable));
  // Without decoding nobody can tell.
  const auto unjudged = try_verify(nullptr);
  ASSERT_TRUE(unjudged);
  EXPECT_TRUE(unjudged->is_exact());
  EXPECT_EQ(unjudged->total().rejected, verify().total().rejected);
}

// The same as a crash between the commits of rejects and orders leaves: the next run replays.
TEST_F(VerificationTest, RejectsThatAreAheadOfTheirOrders) {
  const iceberg::TableMetadata table = load(orders_).metadata;
  const SnapshotId parent = *iceberg::current_snapshot(table)->parent_id;
  change(orders_, {iceberg::SetSnapshotRef{"main", {.snapshot_id = parent}}});
  const Verification verification = verify();
  EXPECT_TRUE(verification.is_exact()) << text_of(verification);
  EXPECT_EQ(verification.total().records, kEventsPerRun);
  EXPECT_GT(verification.total().rejects_ahead, 0);

  run_pipeline();
  const Verification replayed = verify();
  EXPECT_TRUE(replayed.is_exact()) << text_of(replayed);
  EXPECT_EQ(replayed.total().records, 2 * kEventsPerRun);
  EXPECT_EQ(replayed.total().rejects_ahead, 0);
}

TEST_F(VerificationTest, RowsBeyondThePosition) {
  const iceberg::TableMetadata table = load(orders_).metadata;
  const iceberg::Snapshot& current = *iceberg::current_snapshot(table);
  auto position = commit::read_position(table, kPipeline).value();
  position.next[PartitionId(0)] = Offset(0);
  change(
      orders_,
      {iceberg::SetProperties{{{commit::position_property_name(kPipeline),
                                commit::position_property(position, current.id, current.sequence_number)}}}});
  const Verification verification = verify();
  EXPECT_GT(count(verification, Fault::kBeyondPosition), 0);
  EXPECT_EQ(verification.total().fault_count(), count(verification, Fault::kBeyondPosition));
  EXPECT_THAT(kinds(verification), ElementsAre(kLedgerChain));
}

TEST_F(VerificationTest, ASourceThatWasCutOffProvesNothing) {
  fs::resize_file(log_ / kTopic / "0.ndjson", 0);
  const auto verification = try_verify(&contract_);
  ASSERT_FALSE(verification);
  EXPECT_EQ(verification.error().kind, ErrorKind::kSourceGap);
}

TEST_F(VerificationTest, AnotherLogProvesNothing) {
  fs::remove(log_ / kTopic / ".identity");
  const auto verification = try_verify(&contract_);
  ASSERT_FALSE(verification);
  EXPECT_EQ(verification.error().kind, ErrorKind::kConfig);
}

TEST_F(VerificationTest, AnotherPipelineProvesNothing) {
  const auto verification = try_verify(&contract_, "another");
  ASSERT_FALSE(verification);
  EXPECT_EQ(verification.error().kind, ErrorKind::kConfig);
}

}  // namespace
}  // namespace calve::cli
