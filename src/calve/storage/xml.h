// As much XML as S3 speaks: elements, text, the five named entities and numeric ones.
//
// Attributes, comments and the XML declaration are read over; mixed content keeps its text; CDATA, a
// document type and processing instructions are refused, so no entity is ever expanded from outside.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "calve/base/result.h"

namespace calve::storage {

struct XmlElement {
  std::string name;  // without its namespace prefix
  std::string text;
  std::vector<XmlElement> children;

  // The first child of that name, or nullptr.
  const XmlElement* child(std::string_view child_name) const;
  // Its text, or "".
  std::string_view child_text(std::string_view child_name) const;

  bool operator==(const XmlElement&) const = default;
};

inline constexpr int kXmlDepthMax = 16;

// The root element; kInvalidData for what is not well formed or deeper than kXmlDepthMax.
Result<XmlElement> parse_xml(std::string_view document);

std::string to_xml(const XmlElement& element);

}  // namespace calve::storage
