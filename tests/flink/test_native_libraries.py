"""docs/reference/platforms.md says what the jar asks of the system; what is in it says whether that is so."""

import re
import subprocess
import zipfile

import pytest
from cluster import ROOT
from conftest import JAR

FOLDER = "native/linux-x86_64/"
PAGE = (ROOT / "docs/reference/platforms.md").read_text().partition("## The job's jar")[2]
FLOORS = dict(re.findall(r"`(GLIBC|GLIBCXX|CXXABI)_([0-9.]+)`", PAGE))
CLASS_FILES = int(re.search(r"class files of version (\d+)", PAGE)[1])
# A process can have but one of each, and the system's may be there before the job is.
OF_THE_SYSTEM = re.compile(
    r"(libc|libm|libdl|librt|libpthread|libresolv|ld-linux-x86-64|libstdc\+\+|libgcc_s)\.so\.\d+"
)


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def objdump(library, option: str) -> str:
    return subprocess.run(["objdump", option, library], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def libraries(tmp_path_factory):
    folder = tmp_path_factory.mktemp("libraries")
    with zipfile.ZipFile(JAR) as jar:
        names = [name for name in jar.namelist() if name.startswith(FOLDER) and ".so" in name]
        return [folder / jar.extract(name, folder) for name in names]


def test_no_library_asks_for_more_than_the_page_says(libraries):
    asked = set()
    for library in libraries:
        for kind, version in re.findall(r"\*UND\*.*\b(GLIBC|GLIBCXX|CXXABI)_([0-9.]+)", objdump(library, "-T")):
            assert number(version) <= number(FLOORS[kind]), f"{library.name} asks for {kind}_{version}"
            asked.add(kind)
    assert asked == set(FLOORS)


def test_the_c_and_cxx_runtime_are_the_systems(libraries):
    assert libraries
    assert not [library.name for library in libraries if OF_THE_SYSTEM.fullmatch(library.name)]


def test_every_other_library_is_in_the_jar(libraries):
    there = {library.name for library in libraries}
    for library in libraries:
        for needed in re.findall(r"NEEDED\s+(\S+)", objdump(library, "-p")):
            assert needed in there or OF_THE_SYSTEM.fullmatch(needed), f"{library.name} needs {needed}"


def test_the_engine_shows_its_entry_and_nothing_else(libraries):
    """What it showed besides could take the place of what another library in the process looks for."""
    (engine,) = [library for library in libraries if library.name == "libcalve_jni.so"]
    symbols = [line.split() for line in objdump(engine, "-T").splitlines() if re.match(r"[0-9a-f]{16} ", line)]
    assert [symbol[-1] for symbol in symbols if "*UND*" not in symbol] == ["JNI_OnLoad"]


def test_no_class_asks_for_a_newer_java_than_the_page_says():
    with zipfile.ZipFile(JAR) as jar:
        # Behind the magic number and the minor version.
        versions = {
            name: int.from_bytes(jar.read(name)[6:8], "big") for name in jar.namelist() if name.endswith(".class")
        }
    assert {version for name, version in versions.items() if name.startswith("io/calve/")} == {CLASS_FILES}
    assert not {name: version for name, version in versions.items() if version > CLASS_FILES}
