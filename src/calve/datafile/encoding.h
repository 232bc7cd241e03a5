// Which encoding each column of a file gets. docs/explanation/encodings.md has the measurements.

#pragma once

#include "calve/batch/column_batch.h"
#include "calve/datafile/writer_options.h"
#include "calve/iceberg/schema.h"

namespace calve::datafile {

enum class ColumnEncoding { kPlain, kDictionary, kDeltaBinaryPacked, kDeltaLengthByteArray };

// Decides from the first rows of a file. A dictionary is chosen where those rows repeat themselves;
// hashing a column of mostly different values costs more than compressing it, and its dictionary would
// be given up later in any case. Where `first_rows` says nothing (too few), the answer is no dictionary.
ColumnEncoding choose_encoding(const iceberg::PrimitiveType& type, const batch::Column& first_rows,
                               EncodingSet allowed);

}  // namespace calve::datafile
