// A file descriptor that takes lines, many at a time.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "calve/base/result.h"

namespace calve::produce {

// Collects lines up to kBufferBytes and writes them whole. Movable; closes a descriptor that it opened.
// One owner, one thread.
class LineFile {
 public:
  static constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

  // Opens `path` for appending and makes it if it is not there. Several processes may append to one
  // file: each write holds flock(2), so that lines stay whole even where a write is short. A last line
  // that a killed process left without its end is ended first: it is an event of its own then, and an
  // invalid one, and does not spoil the next.
  static Result<LineFile> append_to(std::filesystem::path path);

  // Borrows a descriptor, such as that of stdout; `name` is for messages.
  static LineFile borrow(int descriptor, std::filesystem::path name);

  LineFile(LineFile&& other) noexcept;
  LineFile& operator=(LineFile&&) = delete;
  ~LineFile();

  // `line` has no newline; it is added.
  Result<void> add(std::string_view line);
  Result<void> flush();
  // flush(), and to the disk.
  Result<void> sync();

  // Lines that the descriptor has taken; after an error only whole buffers count.
  std::uint64_t written() const { return written_; }

 private:
  enum class Ownership { kOwned, kBorrowed };

  LineFile(int descriptor, Ownership ownership, std::filesystem::path name);

  Result<void> write_all(std::string_view bytes);
  Result<void> write_locked(std::string_view bytes);
  Error failure(std::string_view doing) const;

  int descriptor_;
  Ownership ownership_;
  std::filesystem::path name_;
  std::vector<char> buffer_;
  std::uint64_t buffered_lines_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace calve::produce
