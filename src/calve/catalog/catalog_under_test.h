// The catalogs that obey one contract, for parameterised tests. A further catalog joins by its
// CatalogService and one line in catalogs_under_test().

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "calve/catalog/catalog.h"

namespace calve::catalog {

// One warehouse or server without tables, and the harm that a test can do to it. Its catalogs must be
// gone before it goes.
class CatalogService {
 public:
  virtual ~CatalogService() = default;

  // A client as a process of its own would have: each call gives another one of the same service.
  virtual std::unique_ptr<Catalog> connect() = 0;

  // The table ceases to exist, behind the backs of those who loaded it.
  virtual void drop(const TableIdentifier& table) = 0;

  // The next change of the table is applied, and its answer lost.
  virtual void lose_next_answer() = 0;
  // The service says of the next change that it cannot now, as often as a client repeats it.
  virtual void refuse_next_change() = 0;
};

// Whether a namespace may lie within another.
enum class Namespaces { kNested, kFlat };

struct CatalogUnderTest {
  std::string name;
  std::function<std::unique_ptr<CatalogService>()> start;
  Namespaces namespaces = Namespaces::kNested;
};

inline void PrintTo(const CatalogUnderTest& catalog, std::ostream* out) {
  *out << catalog.name;
}

std::vector<CatalogUnderTest> catalogs_under_test();

// A new table of one required long column "n", partitioned by it.
iceberg::NewTable one_column_table(const Catalog& catalog, const TableIdentifier& table);

// A snapshot without files onto `base`, as a commit would ask for it.
iceberg::TableChange append_snapshot(const LoadedTable& base, std::int64_t id);

// "applied", "lost fenced", "not_applied unavailable", "unknown unknown_outcome"
std::string outcome_text(const SwapOutcome& outcome);

std::vector<std::int64_t> snapshot_ids(const iceberg::TableMetadata& metadata);

}  // namespace calve::catalog
