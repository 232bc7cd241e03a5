# shellcheck shell=bash
# The stages' own benchmarks, beside their code.

dev_bench() {
  dev_setup
  cmake --preset release >/dev/null
  local benches
  benches=$(git ls-files 'src/*_bench.cc' | xargs -n1 basename | sed 's/\.cc$//')
  # shellcheck disable=SC2086 # a list of targets
  cmake --build build/release --target $benches -- --quiet
  local bench
  for bench in $benches; do
    say "$bench"
    find build/release -name "$bench" -type f -perm -u+x -exec {} \;
  done
}
