# shellcheck shell=bash
# Software of the service scripts, fetched once into the cache: what its pins or its pom name, and nothing
# else. Source process.sh before this.

# The venv is made in place, for its scripts name their own folder; the mark is written last, so an
# interrupted install is done again.
install_venv() { # VENV PINS PYTHON
  local venv=$1 pins=$2 python=$3
  [[ -f $venv/complete ]] && return
  [[ -f $pins ]] || fail "no pins for this version; add $pins"
  require_command "$python" "run: ./dev setup"
  echo "installing $(basename "$venv") to $venv" >&2
  (
    hold_lock "$(dirname "$venv")"
    [[ -f $venv/complete ]] && exit
    "$python" -m venv --clear "$venv" >&2 || fail "$python has no venv module; run: ./dev setup"
    "$venv/bin/pip" install -q --disable-pip-version-check --no-deps -r "$pins" >&2
    touch "$venv/complete"
  )
}

# The folder appears whole: the command fills another one first.
install_once() { # FOLDER COMMAND
  local folder=$1 command=$2
  [[ -d $folder ]] && return
  echo "fetching $(basename "$folder") to $folder" >&2
  (
    hold_lock "$(dirname "$folder")"
    [[ -d $folder ]] && exit
    rm -rf "$folder.part"
    "$command" "$folder.part" >&2
    mv "$folder.part" "$folder"
  )
}
