#include "calve/storage/aws_time.h"

#include <ctime>
#include <string_view>

namespace calve::storage {

std::optional<Timestamp> parse_aws_time(const std::string& text) {
  std::tm parts{};
  const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (end == nullptr) return std::nullopt;
  std::string_view rest(end);
  if (rest.starts_with('.')) {
    const std::size_t digits_end = rest.find_first_not_of("0123456789", 1);
    rest = digits_end == std::string_view::npos ? std::string_view() : rest.substr(digits_end);
  }
  if (rest != "Z" && rest != "+00:00") return std::nullopt;
  return Timestamp(std::chrono::seconds(::timegm(&parts)));
}

}  // namespace calve::storage
