// A text that others are compared with again and again: a field's name, a value of an enum. Two words settle
// nearly every comparison, without a call.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace calve::contract {

// Texts of an event, and names of its fields, have so many bytes behind their beginning that can be read,
// whatever they hold: RecordBatch and TextArena see to it.
inline constexpr std::size_t kReadableBytes = sizeof(std::uint64_t);

class PackedText {
 public:
  PackedText() = default;
  explicit PackedText(std::string text) : text_(std::move(text)) {
    std::memcpy(&head_, text_.data(), std::min(text_.size(), sizeof head_));
    if (text_.size() > sizeof tail_) tail_ = word_at(text_, text_.size() - sizeof tail_);
  }

  const std::string& text() const { return text_; }

  // `other` is a text of an event.
  bool equals(std::string_view other) const {
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    const std::size_t size = text_.size();
    if (other.size() != size) return false;
    if (size <= kWord) return head_of(other) == head_;
    if (word_at(other, 0) != head_ || word_at(other, size - kWord) != tail_) return false;
    return size <= 2 * kWord ||
           std::memcmp(other.data() + kWord, text_.data() + kWord, size - 2 * kWord) == 0;
  }

  // The first eight bytes of a text of an event; of a shorter one all of them, and zeros.
  static std::uint64_t head_of(std::string_view text) {
    const std::uint64_t word = word_at(text, 0);
    return text.size() >= sizeof word ? word : word & ((std::uint64_t{1} << (8 * text.size())) - 1);
  }

 private:
  static std::uint64_t word_at(std::string_view text, std::size_t at) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    return word;
  }

  std::string text_;
  std::uint64_t head_ = 0;
  std::uint64_t tail_ = 0;
};

}  // namespace calve::contract
