"""What processes cost, by the kernel's accounting."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PEAK_POLL_SECONDS = 0.01
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu_seconds: float
    peak_mib: float


def run_to_end(command: list[str], environment: dict[str, str], log: Path) -> Cost:
    """Runs a program of its own, start-up included; its output goes to the log. Raises if it fails."""
    began, peak = time.monotonic(), 0.0
    with log.open("w") as output:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT)
    # What wait4 tells of memory begins with that of the process that forked: VmHWM is asked while it lives.
    while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
        peak = max(peak, peak_mib(process.pid))
        time.sleep(PEAK_POLL_SECONDS)
    seconds, usage = time.monotonic() - began, ended[2]
    process.returncode = os.waitstatus_to_exitcode(ended[1])
    if process.returncode != 0:
        tail = "\n".join(log.read_text().splitlines()[-20:])
        raise SystemExit(f"{command[0]} ended with {process.returncode}; the log is {log}\n{tail}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, peak)


def cpu_seconds(pid: int) -> float:
    """Of a process that runs, all its threads, living and ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def peak_mib(pid: int) -> float:
    """The largest resident size of its life so far."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024 if found else 0  # none: it has just ended


class Meter:
    """Adds up the CPU time that a system of several running processes takes from now on."""

    def __init__(self, pids: list[int]) -> None:
        self.pids = pids
        self.before = self._now()

    def _now(self) -> float:
        return sum(cpu_seconds(pid) for pid in self.pids)

    def cpu_seconds(self) -> float:
        return self._now() - self.before

    def peak_mib(self) -> float:
        return sum(peak_mib(pid) for pid in self.pids)
