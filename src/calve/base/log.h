// Talk for people and machines, to stderr; data goes to stdout and never through here.
//
//   log::info("committed snapshot {} of {}", id, table);
//
// Text lines by default, one JSON object a line after set_format(Format::kJson). No secret may be
// an argument: a configuration value that is one formats itself as "***" (see Secret).
// Safe from any thread.

#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace calve::log {

enum class Level { kDebug, kInfo, kWarn, kError, kOff };
enum class Format { kText, kJson };

void set_level(Level level);
void set_format(Format format);
Level level();

void write(Level level, std::string_view message);

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  if (level() <= Level::kDebug) write(Level::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  if (level() <= Level::kInfo) write(Level::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  if (level() <= Level::kWarn) write(Level::kWarn, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  if (level() <= Level::kError) write(Level::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace calve::log
