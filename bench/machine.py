"""The machine and the versions that figures belong to."""

import os
import platform
import re
import subprocess
from pathlib import Path

from workload import ROOT


def describe() -> dict[str, str | int]:
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    system = re.search(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text())
    assert cpu and memory and system
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True)
    return {
        "cpu": cpu.group(1),
        "cores": os.cpu_count() or 0,
        "memory_gib": round(int(memory.group(1)) / 2**20),
        "system": system.group(1),
        "kernel": platform.release(),
        "calve_commit": commit.stdout.strip(),
    }
