# shellcheck shell=bash
# One background process per state folder, for the service scripts to source.
#
# A state folder holds:
#   process  "PID START", the process that was started here. START is its start
#            time in clock ticks (proc(5), stat field 22): a process that got the
#            same number later has another one, and is never signalled.
#   log      what the process printed, over all its starts
#   lock     held while a script changes the state, so that two can start at once

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

require_command() { # COMMAND NEXT_STEP
  command -v "$1" >/dev/null || fail "$1 is not installed; $2"
}

# Runs the rest of the script as the only one for this folder. The lock is file
# descriptor 9; it ends with the script.
hold_lock() { # DIR
  mkdir -p "$1"
  exec 9>"$1/lock"
  flock 9
}

start_time_of() { # PID
  local stat fields
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The name, field 2, may hold blanks: count from behind its closing bracket.
  read -ra fields <<<"${stat##*) }"
  # A zombie has ended; only its parent has not asked yet. While other threads are left (fields[17]
  # counts them) it still holds its ports.
  [[ ${fields[0]} != Z || ${fields[17]} -gt 1 ]] && printf '%s\n' "${fields[19]}"
}

# Prints the process id, or fails if the process has ended.
process_id() { # DIR
  local pid start actual
  read -r pid start 2>/dev/null <"$1/process" || return 1
  actual=$(start_time_of "$pid") || return 1
  [[ $actual == "$start" ]] && printf '%s\n' "$pid"
}

# Prints when the process was started.
process_since() { # DIR
  date -r "$1/process" '+%F %T'
}

# The process is the leader of a session of its own: it outlives the terminal,
# and Ctrl-C does not reach it.
process_start() { # DIR COMMAND...
  local dir=$1
  shift
  setsid "$@" </dev/null >>"$dir/log" 2>&1 9>&- &
  printf '%s %s\n' $! "$(start_time_of $!)" >"$dir/process"
}

# Waits until the check succeeds. Fails, with the end of the log, when the
# process ends first or the time is over.
process_wait_ready() { # DIR SECONDS CHECK...
  local dir=$1 limit_s=$2
  shift 2
  local deadline=$((SECONDS + limit_s))
  until "$@" 2>/dev/null; do
    process_id "$dir" >/dev/null || process_fail "$dir" "ended before it was ready"
    ((SECONDS < deadline)) || process_fail "$dir" "not ready after $limit_s s"
    sleep 0.1
  done
  # The check may have asked another process that took the port in between.
  process_id "$dir" >/dev/null || process_fail "$dir" "ended as it became ready"
}

process_fail() { # DIR REASON
  tail -n 20 "$1/log" >&2
  fail "$2; the log is $1/log"
}

# Sends the signal and waits for the end; succeeds at once if there is none.
process_end() { # DIR SIGNAL SECONDS
  local dir=$1 signal=$2 limit_s=$3 pid
  local deadline=$((SECONDS + limit_s))
  if pid=$(process_id "$dir"); then
    kill -s "$signal" "$pid"
    while process_id "$dir" >/dev/null; do
      ((SECONDS < deadline)) || fail "process $pid is alive $limit_s s after SIG$signal; try: $0 kill"
      sleep 0.1
    done
  fi
  rm -f "$dir/process"
}

# process_end as the only one for this folder; no effect where none was ever started.
process_end_alone() { # DIR SIGNAL SECONDS
  [[ -d $1 ]] || return 0
  hold_lock "$1"
  process_end "$@"
}

# A line for people; the status says the same: 0 serves, 1 runs but does not answer, 3 stopped.
process_status() { # DIR NAME PORT CHECK...
  local dir=$1 name=$2 port=$3 pid
  shift 3
  if ! pid=$(process_id "$dir"); then
    echo "$name: stopped, port $port"
    return 3
  fi
  if ! "$@" 2>/dev/null; then
    echo "$name: process $pid does not answer on port $port; the log is $dir/log"
    return 1
  fi
  echo "$name: serves on port $port since $(process_since "$dir"), process $pid, state in $dir"
}

require_free_port() { # PORT VARIABLE
  if (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
    fail "port $1 is taken by another process; stop it or set $2 to a free port"
  fi
}
