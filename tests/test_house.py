"""House rules that are kept by reading the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "capgen").rglob("*.py"))
# Rooms from the ground up. A room imports its own floor's ground and lower floors, never a neighbour.
FLOORS = [
    {"errors", "resources", "version"},
    {"columns", "timeline"},
    {"draws", "settings", "system"},
    {"config", "sql", "storage"},
    {"panel"},
    {"dataset"},
    {"engines", "quality"},
    {"report"},
    {"cli", "opening"},
]
LONGEST_MODULE = 220
# What not every system has, or not in the same way: the room `system` alone asks for it.
SYSTEM_MODULES = {"ctypes", "fcntl", "grp", "mmap", "msvcrt", "pwd", "resource", "termios", "winreg"}
SYSTEM_NAMES = {
    *("os.cpu_count", "os.process_cpu_count", "os.sched_getaffinity", "sys.platform", "os.name", "os.uname"),
    *("os.access", "os.fork", "os.fsync", "os.getuid", "os.geteuid", "os.link", "os.register_at_fork", "os.statvfs"),
    *(
        "Path.cwd",
        "os.getcwd",
        "Path.home",
        "platform.system",
        "platform.machine",
        "signal.SIGHUP",
        "signal.SIGKILL",
        "signal.pthread_sigmask",
    ),
}


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "capgen":
            yield from (f"capgen.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def floor_of(room: str) -> int:
    (floor,) = (level for level, rooms in enumerate(FLOORS) if room in rooms)
    return floor


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("path", [each for each in MODULES if each.parent != ROOT / "capgen"], ids=name_of)
def test_imports_point_down(path: Path) -> None:
    room = room_of(name_of(path))
    for module in imports(path):
        if module.startswith("capgen.") and room_of(module) != room:
            assert floor_of(room_of(module)) < floor_of(room), f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_duckdb_has_one_importer(path: Path) -> None:
    assert ("duckdb" in set(imports(path))) == (name_of(path) == "capgen.sql")


@pytest.mark.parametrize("path", [each for each in MODULES if room_of(name_of(each)) != "system"], ids=name_of)
def test_one_room_asks_what_the_system_has(path: Path) -> None:
    assert not SYSTEM_MODULES & set(imports(path))
    names = {
        ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert not SYSTEM_NAMES & names


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_python_hash_and_no_global_random_state(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) not in {"hash", "random.seed", "np.random.seed", "np.random.default_rng"}


def test_public_names_are_sorted_and_there() -> None:
    import capgen

    assert list(capgen.__all__) == sorted(capgen.__all__)
    for name in capgen.__all__:
        assert getattr(capgen, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = capgen.nothing
