// A distinct type for each id and offset: explicit in, explicit out, no arithmetic across kinds.

#pragma once

#include <compare>
#include <cstddef>
#include <functional>

#include <fmt/format.h>

namespace calve {

template <class Tag, class Rep>
class StrongId {
 public:
  using rep = Rep;

  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep value) : value_(value) {}

  constexpr Rep value() const { return value_; }
  // The id `count` after this one, within the same kind.
  constexpr StrongId plus(Rep count) const { return StrongId(value_ + count); }

  constexpr auto operator<=>(const StrongId&) const = default;

 private:
  Rep value_ = 0;
};

}  // namespace calve

template <class Tag, class Rep>
struct std::hash<calve::StrongId<Tag, Rep>> {
  std::size_t operator()(calve::StrongId<Tag, Rep> id) const noexcept { return std::hash<Rep>{}(id.value()); }
};

template <class Tag, class Rep>
struct fmt::formatter<calve::StrongId<Tag, Rep>> : fmt::formatter<Rep> {
  template <class Context>
  auto format(calve::StrongId<Tag, Rep> id, Context& context) const {
    return fmt::formatter<Rep>::format(id.value(), context);
  }
};
