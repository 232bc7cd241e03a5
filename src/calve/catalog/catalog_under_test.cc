#include "calve/catalog/catalog_under_test.h"

#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "calve/base/uuid.h"
#include "calve/catalog/fake_glue_server.h"
#include "calve/catalog/fake_rest_server.h"
#include "calve/catalog/glue_catalog.h"
#include "calve/catalog/hadoop_catalog.h"
#include "calve/catalog/rest_catalog.h"
#include "calve/storage/faulty_store.h"
#include "calve/storage/local_store.h"
#include "calve/storage/memory_store.h"

namespace calve::catalog {
namespace {

using storage::Verb;

constexpr auto kMetadataFile = ".metadata.json";
constexpr int kRepeatsMax = 100;  // more than any client makes

template <class Store>
class HadoopService final : public CatalogService {
 public:
  explicit HadoopService(std::string warehouse) : warehouse_(std::move(warehouse)) {}
  ~HadoopService() override {
    if (warehouse_.starts_with('/')) std::filesystem::remove_all(warehouse_);
  }

  std::unique_ptr<Catalog> connect() override {
    return std::make_unique<HadoopCatalog>(faulty_, warehouse_, system_clock());
  }

  void drop(const TableIdentifier& table) override {
    const auto objects = store_.list(connect()->default_location(table) + "/").value();
    for (const auto& object : objects)
      EXPECT_TRUE(store_.remove(object.path)) << object.path;
  }

  void lose_next_answer() override {
    faulty_.inject({.verb = Verb::kCreate, .path_contains = kMetadataFile, .effect = storage::LoseAnswer{}});
  }

  void refuse_next_change() override {
    faulty_.inject({.verb = Verb::kCreate,
                    .path_contains = kMetadataFile,
                    .times = kRepeatsMax,
                    .effect = storage::FailBefore{{ErrorKind::kUnavailable, "slow down"}}});
  }

 private:
  const std::string warehouse_;
  Store store_;
  storage::FaultyStore faulty_{store_};
};

std::unique_ptr<CatalogService> hadoop_in_memory() {
  return std::make_unique<HadoopService<storage::MemoryStore>>("memory://warehouse");
}

std::unique_ptr<CatalogService> hadoop_on_disk() {
  return std::make_unique<HadoopService<storage::LocalStore>>(testing::TempDir() + "calve-catalog-" +
                                                              to_string(random_uuid()));
}

class RestService final : public CatalogService {
 public:
  std::unique_ptr<Catalog> connect() override { return RestCatalog::connect({.uri = server_.url()}).value(); }

  void drop(const TableIdentifier& table) override { server_.drop("/" + table_path({}, table)); }

  void lose_next_answer() override { server_.spoil({.request = kChange, .effect = catalog::LoseAnswer{}}); }

  void refuse_next_change() override {
    server_.spoil({.request = kChange, .effect = AnswerStatus{.status = 503}, .times = kRepeatsMax});
  }

 private:
  static constexpr auto kChange = "POST /v1/namespaces/";

  FakeRestServer server_;
};

class GlueService final : public CatalogService {
 public:
  std::unique_ptr<Catalog> connect() override {
    return GlueCatalog::open(store_, {.endpoint = server_.url(),
                                      .warehouse = "memory://warehouse",
                                      .credentials = storage::fixed_credentials(
                                          {.access_key_id = "AKID", .secret_access_key = Secret("secret")})})
        .value();
  }

  void drop(const TableIdentifier& table) override {
    server_.drop(table.namespace_levels.front(), table.name);
  }

  void lose_next_answer() override {
    server_.spoil({.operations = kChanges, .effect = FakeGlueServer::DropAnswer{}});
  }

  void refuse_next_change() override {
    server_.spoil({.operations = kChanges,
                   .effect = FakeGlueServer::Refuse{.code = "ThrottlingException"},
                   .times = kRepeatsMax});
  }

 private:
  const std::vector<std::string> kChanges = {"CreateTable", "UpdateTable"};

  storage::MemoryStore store_;
  FakeGlueServer server_;
};

}  // namespace

std::vector<CatalogUnderTest> catalogs_under_test() {
  return {
      {.name = "HadoopInMemory", .start = hadoop_in_memory},
      {.name = "HadoopOnDisk", .start = hadoop_on_disk},
      {.name = "Rest", .start = std::make_unique<RestService>},
      {.name = "Glue", .start = std::make_unique<GlueService>, .namespaces = Namespaces::kFlat},
  };
}

iceberg::NewTable one_column_table(const Catalog& catalog, const TableIdentifier& table) {
  return {.uuid = random_uuid(),
          .location = catalog.default_location(table),
          .schema = {.fields = {{.id = FieldId(1),
                                 .name = "n",
                                 .type = iceberg::PrimitiveKind::kLong,
                                 .presence = iceberg::Presence::kRequired}}},
          .spec = {.fields = {{.source_id = FieldId(1),
                               .field_id = FieldId(1000),
                               .name = "n",
                               .transform = iceberg::SimpleTransform::kIdentity}}},
          .properties = {{"calve.made-by", "test"}},
          .created_at = system_clock().now()};
}

iceberg::TableChange append_snapshot(const LoadedTable& base, std::int64_t id) {
  const iceberg::TableMetadata& table = base.metadata;
  return {.requirements = {iceberg::AssertRefSnapshotId{iceberg::kMainBranch, table.current_snapshot_id}},
          .updates = {iceberg::AddSnapshot{
                          {.id = SnapshotId(id),
                           .parent_id = table.current_snapshot_id,
                           .sequence_number = table.last_sequence_number.plus(1),
                           .timestamp = table.last_updated,
                           .summary = {{"calve.pipeline", "orders"}},
                           .manifest_list = fmt::format("{}/metadata/snap-{}.avro", table.location, id),
                           .schema_id = table.current_schema_id}},
                      iceberg::SetSnapshotRef{iceberg::kMainBranch, {.snapshot_id = SnapshotId(id)}},
                      iceberg::SetProperties{{{"calve.orders.position", std::to_string(id)}}}}};
}

std::string outcome_text(const SwapOutcome& outcome) {
  if (std::holds_alternative<Applied>(outcome)) return "applied";
  if (const auto* lost = std::get_if<Lost>(&outcome)) {
    return fmt::format("lost {}", error_kind_name(lost->why.kind));
  }
  if (const auto* refused = std::get_if<NotApplied>(&outcome)) {
    return fmt::format("not_applied {}", error_kind_name(refused->why.kind));
  }
  return fmt::format("unknown {}", error_kind_name(std::get<Unknown>(outcome).why.kind));
}

std::vector<std::int64_t> snapshot_ids(const iceberg::TableMetadata& metadata) {
  std::vector<std::int64_t> ids;
  for (const auto& snapshot : metadata.snapshots)
    ids.push_back(snapshot.id.value());
  return ids;
}

}  // namespace calve::catalog
