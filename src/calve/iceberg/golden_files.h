// For tests: files that Java and PyIceberg wrote (tests/interop/golden).

#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace calve::iceberg {

inline std::filesystem::path golden_path(const std::string& name) {
  return std::filesystem::path(CALVE_SOURCE_DIR) / "tests" / "interop" / "golden" / name;
}

inline std::string golden_file(const std::string& name) {
  std::ifstream file(golden_path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace calve::iceberg
