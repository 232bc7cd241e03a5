# shellcheck shell=bash
# Checks that need no run of the code.

dev_lint() {
  install_packages "${LINT_PACKAGES[@]}"
  say "includes against the direction of the folders"
  python3 dev.d/check_includes.py
  say "CALVE_TRY inside braces"
  python3 dev.d/check_try.py
  say "format"
  git ls-files -z '*.cc' '*.h' | xargs -0 clang-format-19 --dry-run -Werror
  say "figures in README.md against the results that they quote"
  python3 bench/readme_table.py
  say "shell scripts"
  # The parts of ./dev share their variables and run under set -e.
  git ls-files -z 'dev' '.ci/run' '*.sh' | xargs -0 shellcheck -x --severity=warning -e SC2034,SC2164
  if [ "${1:-}" = --tidy ]; then
    dev_build dev
    say "clang-tidy"
    git ls-files 'src/*.cc' | grep -v -E '_(test|bench|fuzz)\.cc$' |
      xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/dev --quiet --extra-arg=-Wno-unknown-warning-option
  fi
}
