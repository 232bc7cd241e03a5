// How a table's schema is laid down in a Parquet file.
// Iceberg spec: "Appendix A: Format-specific Requirements", Parquet.
//
//   Iceberg                     Parquet
//   boolean                     BOOLEAN
//   int, date                   INT32, INT32 (DATE)
//   long, time                  INT64, INT64 (TIME, microseconds, not adjusted)
//   timestamp, timestamptz      INT64 (TIMESTAMP, microseconds, not adjusted / adjusted to UTC)
//   float, double               FLOAT, DOUBLE
//   decimal(p, s)               p <= 9 INT32, p <= 18 INT64, else FIXED_LEN_BYTE_ARRAY of the fewest bytes
//   string, binary              BYTE_ARRAY (STRING), BYTE_ARRAY
//   uuid, fixed[n]              FIXED_LEN_BYTE_ARRAY(16) (UUID), FIXED_LEN_BYTE_ARRAY(n)
//   struct                      group
//   list<T>                     group (LIST)  { repeated group list { T element } }
//   map<K, V>                   group (MAP)   { repeated group key_value { required K key; V value } }
//
// Each field, element, key and value carries its Iceberg id; the repeated groups between carry none.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "calve/iceberg/schema.h"

namespace parquet::schema {
class GroupNode;
}

namespace calve::datafile {

// A table's schema made ready for any number of files. Immutable; safe from any thread.
struct FileSchema {
  iceberg::Schema schema;
  std::vector<iceberg::Leaf> leaves;  // in the order of ColumnBatch::columns
  // Shared by every Parquet file open under this schema, as the library asks for.
  std::shared_ptr<parquet::schema::GroupNode> root;
};

FileSchema make_file_schema(iceberg::Schema schema);

// Bytes of the smallest two's complement integer that holds every decimal of that precision.
int decimal_bytes(int precision);

}  // namespace calve::datafile
