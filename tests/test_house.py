"""House rules that are kept by reading the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "capgen").rglob("*.py"))
# The house: its rooms from the ground up. What stands in a room imports lower floors, and never a
# neighbour; a sub-room (`dataset.export`) also what lies in its own room. A sub-room that has no
# line here is a part of the room around it.
FLOORS = [
    {"errors", "resources", "version"},
    {"columns", "timeline"},
    {"settings", "system"},
    {"draws"},
    {"layers"},
    {"storage.local"},
    {"storage.store"},
    {"config", "sql", "storage"},
    {"panel", "sql_script"},
    {"dataset"},
    {"dataset.building", "dataset.reading"},
    {"dataset.export", "dataset.rollup"},
    {"telemetry.readers"},
    {"telemetry"},
    {"quality.expected"},
    {"quality.evidence"},
    {"quality.counted", "quality.exact"},
    {"quality.closed_form"},
    {"quality.twin"},
    {"engines", "quality"},
    {"twins.compare"},
    {"twins.fit"},
    {"report"},
    {"cli", "opening"},
]
LONGEST_MODULE = 220
# What not every system has, or not in the same way: the room `system` alone asks for it.
SYSTEM_MODULES = {
    "ctypes",
    "fcntl",
    "grp",
    "mmap",
    "msvcrt",
    "pwd",
    "resource",
    "termios",
    "winreg",
}
SYSTEM_NAMES = {
    *(
        "os.cpu_count",
        "os.process_cpu_count",
        "os.sched_getaffinity",
        "sys.platform",
        "os.name",
        "os.uname",
    ),
    *(
        "os.access",
        "os.fork",
        "os.fsync",
        "os.getuid",
        "os.geteuid",
        "os.link",
        "os.register_at_fork",
        "os.statvfs",
    ),
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


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


DOORS = {ROOT / "capgen/__init__.py", ROOT / "capgen/__main__.py"}  # they show the whole house
NAMES = {name_of(path): path for path in MODULES}


def room_of(module: str) -> str:
    """Return the innermost room of a module, such as `dataset.export`; nothing at the door."""
    parts = module.split(".")[1:]
    around = (".".join(parts[:depth]) for depth in range(len(parts), 0, -1))
    return next((room for room in around if any(room in rooms for rooms in FLOORS)), "")


def floor_of(room: str) -> int:
    (floor,) = (level for level, rooms in enumerate(FLOORS) if room in rooms)
    return floor


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            within = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in NAMES else str(node.module) for name in within)


def may_import(room: str, other: str) -> bool:
    is_around = f"{room}.".startswith(f"{other}.")
    return is_around or floor_of(other) < floor_of(room)


@pytest.mark.parametrize("path", [each for each in MODULES if each not in DOORS], ids=name_of)
def test_imports_point_down(path: Path) -> None:
    room = room_of(name_of(path))
    for module in imports(path):
        if module.startswith("capgen."):
            assert may_import(room, room_of(module)), f"{name_of(path)} imports {module}"


def test_no_circles() -> None:
    found = {
        name: {module for module in imports(path) if module in NAMES}
        for name, path in NAMES.items()
    }
    try:
        TopologicalSorter(found).prepare()
    except CycleError as error:
        pytest.fail(" is imported by ".join(error.args[1]))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_duckdb_has_one_importer(path: Path) -> None:
    assert ("duckdb" in set(imports(path))) == (name_of(path) == "capgen.sql")


@pytest.mark.parametrize(
    "path", [each for each in MODULES if room_of(name_of(each)) != "system"], ids=name_of
)
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


def is_dense(node: ast.AST) -> bool:
    """Tell whether code assigns several things on a line, or has a conditional inside another."""
    if isinstance(node, ast.Assign):
        return isinstance(node.value, ast.Tuple) and isinstance(node.targets[0], ast.Tuple)
    if isinstance(node, ast.IfExp):
        return sum(isinstance(part, ast.IfExp) for part in ast.walk(node)) > 1
    return False


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_code_is_not_dense(path: Path) -> None:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    assert not [ast.unparse(node) for node in nodes if is_dense(node)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_python_hash_and_no_global_random_state(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) not in {
                "hash",
                "random.seed",
                "np.random.seed",
                "np.random.default_rng",
            }


def test_public_names_are_sorted_and_there() -> None:
    import capgen

    assert list(capgen.__all__) == sorted(capgen.__all__)
    for name in capgen.__all__:
        assert getattr(capgen, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = capgen.nothing
