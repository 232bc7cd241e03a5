// docs/reference/settings.md, made from the one list of settings.

#pragma once

#include <string>

namespace calve::config {

// The whole page, in Markdown.
std::string settings_page();

}  // namespace calve::config
