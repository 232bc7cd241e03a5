// Writes JSON text front to back, without white space, members in the order of the calls.

#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "calve/base/strong_id.h"
#include "calve/base/time.h"
#include "calve/base/uuid.h"

namespace calve::iceberg {

// The caller pairs begin with end, and gives each member of an object a key. JSON has no other
// strings than UTF-8: of one that is not, each byte outside of ASCII becomes U+FFFD.
class JsonWriter {
 public:
  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  template <std::same_as<bool> T>
  void value(T truth) {
    raw(truth ? "true" : "false");
  }
  template <std::signed_integral T>
  void value(T number) {
    raw(std::to_string(number));
  }
  template <class Tag, class Rep>
  void value(StrongId<Tag, Rep> id) {
    value(id.value());
  }
  void value(const Uuid& uuid) { value(to_string(uuid)); }
  void value(Timestamp time) { value(to_millis(time)); }
  // `json` is one whole JSON value.
  void raw(std::string_view json);

  template <class T>
  void member(std::string_view name, const T& content) {
    key(name);
    value(content);
  }
  template <class T>
  void member_if(std::string_view name, const std::optional<T>& content) {
    if (content) member(name, *content);
  }
  void raw_members(const std::map<std::string, std::string>& json_by_name);
  void string_members(const std::map<std::string, std::string>& text_by_name);

  // An array of what write(element) writes.
  template <class Range, class Write>
  void array(std::string_view name, const Range& elements, Write write) {
    key(name);
    begin_array();
    for (const auto& element : elements)
      write(element);
    end_array();
  }

  std::string take() { return std::move(text_); }

 private:
  void open(char bracket);
  void close(char bracket);
  void separate();
  void append_string(std::string_view text);

  std::string text_;
  bool first_ = true;  // nothing stands before the next value that a comma would part from it
};

}  // namespace calve::iceberg
