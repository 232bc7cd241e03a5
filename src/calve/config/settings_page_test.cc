#include "calve/config/settings_page.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/config/setting.h"

namespace calve::config {
namespace {

constexpr const char* kPage = CALVE_SOURCE_DIR "/docs/reference/settings.md";

// CALVE_UPDATE_DOCS=1 writes the page instead.
TEST(SettingsPageTest, IsTheOneInTheDocs) {
  if (std::getenv("CALVE_UPDATE_DOCS") != nullptr) std::ofstream(kPage) << settings_page();
  std::ifstream file(kPage);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(page, settings_page()) << "CALVE_UPDATE_DOCS=1 calve_config_test writes it anew";
}

TEST(SettingsPageTest, HasEverySetting) {
  const std::string page = settings_page();
  for (const Setting& setting : all_settings())
    EXPECT_THAT(page, testing::HasSubstr("| `" + std::string(setting.key) + "` |"));
}

}  // namespace
}  // namespace calve::config
