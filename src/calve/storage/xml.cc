#include "calve/storage/xml.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

namespace calve::storage {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

struct Entity {
  std::string_view name;
  char character;
};
constexpr Entity kEntities[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ':';
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0 | (code_point >> 6));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0 | (code_point >> 12));
    out += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code_point >> 18));
    out += static_cast<char>(0x80 | ((code_point >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  }
}

std::optional<std::uint32_t> numeric_entity(std::string_view digits) {
  const bool is_hex = digits.starts_with('x');
  if (is_hex) digits.remove_prefix(1);
  std::uint32_t code_point = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, code] = std::from_chars(digits.data(), end, code_point, is_hex ? 16 : 10);
  if (code != std::errc{} || stop != end || code_point == 0 || code_point > 0x10FFFF) return std::nullopt;
  if (code_point >= 0xD800 && code_point < 0xE000) return std::nullopt;
  return code_point;
}

class Parser {
 public:
  explicit Parser(std::string_view document) : document_(document), rest_(document) {}

  Result<XmlElement> document() {
    CALVE_TRY(skip_between_elements());
    auto root = CALVE_TRY(element(0));
    CALVE_TRY(skip_between_elements());
    if (!rest_.empty()) return refuse("something follows the root element");
    return root;
  }

 private:
  std::unexpected<Error> refuse(std::string_view what) const {
    return fail(ErrorKind::kInvalidData,
                fmt::format("not the XML of S3: {} at byte {}", what, document_.size() - rest_.size()));
  }

  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size())); }

  Result<void> skip_past(std::string_view token) {
    const auto at = rest_.find(token);
    if (at == std::string_view::npos) return refuse("an unfinished comment or declaration");
    rest_.remove_prefix(at + token.size());
    return {};
  }

  Result<void> skip_between_elements() {
    while (true) {
      skip_blanks();
      if (take("<?xml ")) {
        CALVE_TRY(skip_past("?>"));
      } else if (take("<!--")) {
        CALVE_TRY(skip_past("-->"));
      } else {
        return {};
      }
    }
  }

  Result<std::string> name() {
    std::size_t size = 0;
    while (size < rest_.size() && is_name_character(rest_[size]))
      ++size;
    const auto whole = rest_.substr(0, size);
    rest_.remove_prefix(size);
    const auto local = whole.substr(whole.rfind(':') + 1);  // npos + 1 is 0
    if (local.empty()) return refuse("a name is missing");
    return std::string(local);
  }

  Result<void> skip_attributes() {
    while (true) {
      skip_blanks();
      if (rest_.empty() || rest_[0] == '>' || rest_[0] == '/') return {};
      CALVE_TRY(name());
      skip_blanks();
      if (!take("=")) return refuse("an attribute has no value");
      skip_blanks();
      if (rest_.empty() || (rest_[0] != '"' && rest_[0] != '\'')) return refuse("an attribute has no value");
      const auto end = rest_.find(rest_[0], 1);
      if (end == std::string_view::npos) return refuse("an unfinished attribute");
      rest_.remove_prefix(end + 1);
    }
  }

  Result<XmlElement> element(int depth) {
    if (depth >= kXmlDepthMax) return refuse("too deep");
    if (!take("<")) return refuse("an element is missing");
    XmlElement parsed{.name = CALVE_TRY(name())};
    CALVE_TRY(skip_attributes());
    if (take("/>")) return parsed;
    if (!take(">")) return refuse("an unfinished tag");
    while (!take("</")) {
      if (take("<!--")) {
        CALVE_TRY(skip_past("-->"));
      } else if (rest_.starts_with('<')) {
        parsed.children.push_back(CALVE_TRY(element(depth + 1)));
      } else {
        CALVE_TRY(text(parsed.text));
      }
    }
    if (CALVE_TRY(name()) != parsed.name) return refuse("a tag closes another one");
    skip_blanks();
    if (!take(">")) return refuse("an unfinished tag");
    // Between elements blanks are layout; within a leaf they are text.
    if (!parsed.children.empty() && parsed.text.find_first_not_of(kBlanks) == std::string::npos) {
      parsed.text.clear();
    }
    return parsed;
  }

  Result<void> text(std::string& out) {
    const auto plain = rest_.substr(0, rest_.find_first_of("<&"));
    out += plain;
    rest_.remove_prefix(plain.size());
    if (rest_.empty()) return refuse("an element is not closed");
    if (!take("&")) return {};
    const auto end = rest_.find(';');
    if (end == std::string_view::npos) return refuse("an unfinished entity");
    const auto entity = rest_.substr(0, end);
    if (entity.starts_with('#')) {
      const auto code_point = numeric_entity(entity.substr(1));
      if (!code_point) return refuse("a numeric entity names no character");
      append_utf8(out, *code_point);
    } else {
      const auto* const found = std::ranges::find(kEntities, entity, &Entity::name);
      if (found == std::end(kEntities)) return refuse("an unknown entity");
      out += found->character;
    }
    rest_.remove_prefix(end + 1);
    return {};
  }

  std::string_view document_;
  std::string_view rest_;
};

void append_xml(std::string& out, const XmlElement& element) {
  out += "<" + element.name + ">";
  for (const char c : element.text) {
    const auto* const found = std::ranges::find(kEntities, c, &Entity::character);
    if (found == std::end(kEntities)) {
      out += c;
    } else {
      out += fmt::format("&{};", found->name);
    }
  }
  for (const auto& child : element.children)
    append_xml(out, child);
  out += "</" + element.name + ">";
}

}  // namespace

const XmlElement* XmlElement::child(std::string_view child_name) const {
  const auto found = std::ranges::find(children, child_name, &XmlElement::name);
  return found == children.end() ? nullptr : &*found;
}

std::string_view XmlElement::child_text(std::string_view child_name) const {
  const auto* const found = child(child_name);
  return found == nullptr ? std::string_view{} : std::string_view(found->text);
}

Result<XmlElement> parse_xml(std::string_view document) {
  return Parser(document).document();
}

std::string to_xml(const XmlElement& element) {
  std::string out;
  append_xml(out, element);
  return out;
}

}  // namespace calve::storage
