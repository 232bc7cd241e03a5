// Result<T>: a value or an Error, and nothing else fails in Calve.

#pragma once

#include <expected>
#include <string>
#include <utility>

#include "calve/base/error.h"

namespace calve {

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return std::unexpected(Error{kind, std::move(message)});
}

}  // namespace calve

// The value of `expression`, or return its Error from the enclosing function:
//
//   const auto snapshot = CALVE_TRY(load_snapshot(id));
//   CALVE_TRY(store.remove(path));
//
// Not within a braced initialiser: when the macro returns from there, g++ 12 does not destroy the members
// that are built already. Take the value on a line of its own first (dev.d/check_try.py finds it).
#define CALVE_TRY(expression) CALVE_TRY_AS(CALVE_TRY_JOIN(calve_try_result_, __COUNTER__), expression)

#define CALVE_TRY_JOIN(left, right) CALVE_TRY_JOIN_EXPANDED(left, right)
#define CALVE_TRY_JOIN_EXPANDED(left, right) left##right
// clang-format off
#define CALVE_TRY_AS(name, expression)                                                  \
  __extension__({                                                                       \
    auto&& name = (expression);                                                         \
    if (!name) [[unlikely]] return ::std::unexpected(::std::move(name).error());        \
    *::std::move(name);                                                                 \
  })
// clang-format on
