#include "calve/storage/aws_profile.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "calve/storage/errno_error.h"

namespace calve::storage {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::optional<std::string_view> section_name(std::string_view line, ProfileFile kind) {
  if (!line.starts_with('[') || !line.ends_with(']')) return std::nullopt;
  const auto name = trim(line.substr(1, line.size() - 2));
  constexpr std::string_view kPrefix = "profile ";
  if (kind == ProfileFile::kConfig && name.starts_with(kPrefix)) return trim(name.substr(kPrefix.size()));
  if (kind == ProfileFile::kConfig && name != "default") return std::string_view{};
  return name;
}

}  // namespace

Result<ProfileSettings> read_profile(const std::string& path, ProfileFile kind, const std::string& profile) {
  std::error_code missing;
  if (!std::filesystem::exists(path, missing)) return ProfileSettings{};
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::unexpected(errno_error("cannot read the AWS profiles", path, errno));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return parse_profile(text, kind, profile);
}

ProfileSettings parse_profile(std::string_view text, ProfileFile kind, std::string_view profile) {
  ProfileSettings settings;
  bool is_wanted = false;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with('#') || line.starts_with(';') || line.starts_with(' ') || line.starts_with('\t'))
      continue;
    if (const auto section = section_name(trim(line), kind)) {
      is_wanted = *section == profile;
      continue;
    }
    const auto equals = line.find('=');
    if (!is_wanted || equals == std::string_view::npos) continue;
    settings.insert_or_assign(std::string(trim(line.substr(0, equals))), trim(line.substr(equals + 1)));
  }
  return settings;
}

}  // namespace calve::storage
