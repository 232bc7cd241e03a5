// What the tests and the fuzzer of this folder share: a small contract about one schema, and batches.

#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "calve/contract/decoder.h"

namespace calve::contract {

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    lines.push_back(line);
  return lines;
}

// For texts that the test itself wrote.
inline Contract load_or_die(std::string_view text) {
  auto contract = Contract::load(text);
  if (!contract) {
    std::cerr << contract.error().message << "\n" << text << "\n";
    std::abort();
  }
  return std::move(*contract);
}

// A contract of one object schema's `members`: "\"properties\": {...}, \"required\": [...]".
inline std::string contract_text(std::string_view members, std::string_view annotations = "") {
  return std::string(R"({"x-calve": {"version": "t.v1", "engine-columns": {
    "processed_at": {"field-id": 901, "type": "timestamptz"}, "source_partition": {"field-id": 902, "type": "int"},
    "source_offset": {"field-id": 903, "type": "long"},
    "source_timestamp": {"field-id": 904, "type": "timestamptz"}})") +
         std::string(annotations) + R"(}, "type": "object", )" + std::string(members) + "}";
}

// Events of one required field "v" with the schema `keywords`: "\"type\": \"string\"".
inline std::string value_contract_text(std::string_view keywords) {
  return contract_text(R"("required": ["v"], "properties": {"v": {)" + std::string(keywords) +
                       R"(, "x-calve": {"field-id": 1}}})");
}

inline batch::RecordBatch batch_of(const std::vector<std::string_view>& payloads) {
  batch::RecordBatch records;
  records.reset(PartitionId(3), Offset(100));
  std::int64_t offset = 100;
  for (const std::string_view payload : payloads) {
    records.append(Offset(offset), timestamp_from_micros(offset * 10), payload);
    ++offset;
  }
  records.seal(Offset(offset));
  return records;
}

// "ok", or the reject's code, and its pointer after a space if it has one. What comes behind an event
// must not matter: closing braces would be taken by a reader that runs over its end, and with them
// simdjson looks more closely.
inline std::string verdict(Decoder& decoder, std::string_view payload) {
  std::string first;
  for (const std::string_view behind : {"}}}}]]", "x"}) {
    const auto records = batch_of({payload, behind});
    const Decoded& decoded = decoder.decode(records, timestamp_from_micros(1));
    std::string now = "ok";
    if (decoded.rejects.size() == 2) {
      const Reject& reject = decoded.rejects.front();
      now = std::string(reject.code) + (reject.pointer.empty() ? "" : " " + reject.pointer);
    }
    if (!first.empty() && now != first) return first + " or " + now + ", by what comes behind";
    first = now;
  }
  return first;
}

template <class T>
const std::vector<T>& values(const batch::ColumnBatch& rows, std::int32_t field) {
  return std::get<std::vector<T>>(rows.find(FieldId(field))->values);
}

}  // namespace calve::contract
