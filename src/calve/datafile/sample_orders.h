// Orders as columns, for this folder's tests and benchmarks: the shape, the widths and the repetition of
// analytics.orders, from a seed.

#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "calve/batch/column_batch.h"
#include "calve/iceberg/partition_spec.h"
#include "calve/iceberg/schema.h"

namespace calve::datafile {

iceberg::Schema orders_schema();
iceberg::PartitionSpec orders_by_day();

class SampleOrders {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::int64_t first_created_at_micros = 1'795'000'000'000'000;
    // created_at is uniform over this many days: 1 looks like a live stream, thousands like a back-fill.
    std::int64_t days = 1;
  };
  explicit SampleOrders(Options options);

  // The next rows. Valid until the next call.
  const batch::ColumnBatch& next(std::size_t row_count);

 private:
  struct Product {
    std::string sku;
    std::string name;
    std::int64_t unit_price;
  };

  std::int64_t uniform(std::int64_t below);
  std::string_view keep(std::string text);
  template <class T>
  void push(int leaf, T value);
  void push_order();
  std::int64_t push_items();

  Options options_;
  std::mt19937_64 random_;
  std::vector<Product> products_;
  std::deque<std::string> texts_;
  batch::ColumnBatch batch_;
  std::int64_t next_offset_ = 0;
};

}  // namespace calve::datafile
