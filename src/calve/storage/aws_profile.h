// One profile of AWS's shared files (~/.aws/credentials and ~/.aws/config).
//
//   file    = (section | setting | comment | blank)*
//   section = "[" name "]"                in credentials
//           | "[default]" | "[profile " name "]"   in config
//   setting = key "=" value               a comment begins with "#" or ";" at the start of a line
//
// Nested settings (indented lines) belong to services that Calve does not configure; they are read over.

#pragma once

#include <map>
#include <string>

#include "calve/base/result.h"

namespace calve::storage {

enum class ProfileFile { kCredentials, kConfig };

using ProfileSettings = std::map<std::string, std::string, std::less<>>;

// The settings of `profile`; none if the file or the profile does not exist.
Result<ProfileSettings> read_profile(const std::string& path, ProfileFile kind, const std::string& profile);

ProfileSettings parse_profile(std::string_view text, ProfileFile kind, std::string_view profile);

}  // namespace calve::storage
