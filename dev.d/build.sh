# shellcheck shell=bash
# Compiles, and keeps calve where ./dev and the tests look for it: build/<preset>/bin/calve.

dev_build() {
  local preset=${1:-dev}
  dev_setup
  [ "$preset" != fuzz ] || install_packages "${FUZZ_PACKAGES[@]}"
  [ -f "build/$preset/build.ninja" ] || say "configuring preset $preset"
  cmake --preset "$preset" >/dev/null
  cmake --build "build/$preset" -- --quiet
}

dev_clean() {
  rm -rf build
}

dev_fmt() {
  install_packages "${LINT_PACKAGES[@]}"
  git ls-files -z '*.cc' '*.h' | xargs -0 clang-format-19 -i
}
