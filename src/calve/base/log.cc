#include "calve/base/log.h"

#include <atomic>
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "calve/base/time.h"

namespace calve::log {
namespace {

std::atomic<Level> current_level = Level::kInfo;
std::atomic<Format> current_format = Format::kText;

// Not in spdlog's registry: in a JVM that loads the engine twice, for two jobs, both may share it.
spdlog::logger& logger() {
  static spdlog::logger instance = [] {
    spdlog::logger made("calve", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made.set_level(spdlog::level::trace);
    made.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v", spdlog::pattern_time_type::utc);
    made.flush_on(spdlog::level::trace);
    return made;
  }();
  return instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
    case Level::kOff:
      return spdlog::level::off;
  }
  std::unreachable();
}

}  // namespace

void set_level(Level level) {
  current_level = level;
}
Level level() {
  return current_level;
}

void set_format(Format format) {
  current_format = format;
  if (format == Format::kJson) logger().set_pattern("%v");
}

void write(Level level, std::string_view message) {
  if (current_format.load() == Format::kText) {
    logger().log(to_spdlog(level), "{}", message);
    return;
  }
  const nlohmann::ordered_json line = {
      {"time", format_rfc3339(system_clock().now())},
      {"level", std::string(spdlog::level::to_string_view(to_spdlog(level)).data())},
      {"message", std::string(message)}};
  logger().log(to_spdlog(level), "{}", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace calve::log
