// A topic as a folder of text files that grow: what Calve reads where no broker is configured.
//
//   root      ::= <topic>/
//   topic     ::= ".identity" <partition>.ndjson*     other names are ignored
//   .identity ::= UUID "\n"                           lower case; who comes first writes it, whole:
//                                                     a temporary file, then link(2) to this name
//   partition ::= 0 | [1-9][0-9]*                     below 2^31, each starts at byte 0
//   file      ::= line*
//   line      ::= value "\n"                          value: any bytes but "\n"
//
// A line is one record; its offset is the position of its first byte. It exists once its "\n" does:
// a last line without one waits. An empty line is a record with an empty value. "\r" before "\n"
// stays in the value, where JSON takes it for white space. Writers only append, whole lines with one
// write(2) to an O_APPEND descriptor, so that several may share a file.
//
// All partitions belong to the one process that opened the log: none is ever revoked. A file that
// shrank, was replaced or does not start a line at the position is a kSourceGap, and so is another
// .identity while running. A record's timestamp is when its bytes were read.

#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "calve/source/source.h"

namespace calve::source {

// What opening does where there is no file log.
enum class IfAbsent {
  kCreate,  // the folder and its identity
  kRefuse,  // kNotFound: who only looks leaves nothing behind
};

struct FileLogOptions {
  std::filesystem::path root = "data";
  std::string topic;
  IfAbsent if_absent = IfAbsent::kCreate;
  std::size_t line_bytes_max = std::size_t{64} << 20;
  Milliseconds rescan_interval{200};  // of the folder, for new partitions
  Milliseconds tail_interval{10};     // of a file that had nothing new
  const Clock* clock = &system_clock();
};

// kNotFound as above, kIo, kConfig for a topic name that is no file name, kInvalidData for an .identity
// that holds no UUID.
Result<std::unique_ptr<Source>> open_file_log(FileLogOptions options);

}  // namespace calve::source
