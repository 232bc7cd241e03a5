// Snapshots and refs as JSON. Iceberg spec: "Appendix C", Snapshots, "Snapshot References".

#pragma once

#include "calve/base/result.h"
#include "calve/iceberg/snapshot.h"

namespace calve::iceberg {

class JsonNode;
class JsonWriter;

// A snapshot without an operation is read as an overwrite, the operation that promises readers least:
// so do Java and PyIceberg.
Result<Snapshot> parse_snapshot(const JsonNode& node);
void write_snapshot(JsonWriter& json, const Snapshot& snapshot);

Result<SnapshotRef> parse_snapshot_ref(const JsonNode& node);
void write_snapshot_ref(JsonWriter& json, const SnapshotRef& ref);
// The members of a ref, for an object that holds others too.
void write_snapshot_ref_members(JsonWriter& json, const SnapshotRef& ref);

}  // namespace calve::iceberg
