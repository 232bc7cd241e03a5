#include "calve/iceberg/json_writer.h"

#include <simdjson.h>

namespace calve::iceberg {

void JsonWriter::key(std::string_view name) {
  separate();
  append_string(name);
  text_ += ':';
  first_ = true;
}

void JsonWriter::value(std::string_view text) {
  separate();
  append_string(text);
  first_ = false;
}

void JsonWriter::raw(std::string_view json) {
  separate();
  text_ += json;
  first_ = false;
}

void JsonWriter::raw_members(const std::map<std::string, std::string>& json_by_name) {
  for (const auto& [name, json] : json_by_name) {
    key(name);
    raw(json);
  }
}

void JsonWriter::string_members(const std::map<std::string, std::string>& text_by_name) {
  for (const auto& [name, text] : text_by_name)
    member(name, text);
}

void JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  text_ += bracket;
  first_ = false;
}

void JsonWriter::separate() {
  if (!first_) text_ += ',';
}

void JsonWriter::append_string(std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  const bool utf8 = simdjson::validate_utf8(text);
  text_ += '"';
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\' && (utf8 || byte < 0x80)) continue;
    text_ += text.substr(copied, i - copied);
    copied = i + 1;
    if (byte < 0x20) {
      text_ += "\\u00";
      text_ += kHexDigits[byte >> 4];
      text_ += kHexDigits[byte & 15];
    } else if (byte >= 0x80) {
      text_ += "\\ufffd";
    } else {
      text_ += '\\';
      text_ += text[i];
    }
  }
  text_ += text.substr(copied);
  text_ += '"';
}

}  // namespace calve::iceberg
