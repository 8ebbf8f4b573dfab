"""House rules that are kept by reading the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).resolve().parents[1]
Node = TypeVar("Node", bound=ast.AST)
MODULES = sorted((ROOT / "capgen").rglob("*.py"))
# The house: its rooms from the ground up. What stands in a room imports lower floors, and never a
# neighbour; a sub-room (`dataset.export`) also what lies in its own room. A sub-room that has no
# line here is a part of the room around it.
FLOORS = [
    {"errors", "resources", "version", "words"},
    {"columns", "timeline"},
    {"settings", "system"},
    {"draws"},
    {"layers"},
    {"storage.local"},
    {"storage.store"},
    {"config", "sql", "storage"},
    {"panel"},
    {"dataset"},
    {"dataset.building", "dataset.reading"},
    {"dataset.export", "dataset.rollup"},
    {"telemetry.readers"},
    {"telemetry"},
    {"handover"},
    {"quality.expected"},
    {"foresight"},
    {"quality.evidence"},
    {"quality.counted", "quality.exact"},
    {"quality.closed_form", "quality.telemetry"},
    {"quality.twin"},
    {"engines", "quality"},
    {"scores"},
    {"twins.compare"},
    {"twins.fit"},
    {"twins.cross_validation"},
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


@cache
def nodes(module: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse(NAMES[module].read_text(encoding="utf-8"))))


@cache
def imports(module: str) -> list[str]:
    found: list[str] = []
    for node in nodes(module):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            within = (f"{node.module}.{alias.name}" for alias in node.names)
            found += (name if name in NAMES else str(node.module) for name in within)
    return found


def may_import(room: str, other: str) -> bool:
    is_around = f"{room}.".startswith(f"{other}.")
    return is_around or floor_of(other) < floor_of(room)


def test_imports_point_down() -> None:
    assert [
        f"{module} imports {other}"
        for module, path in NAMES.items()
        if path not in DOORS
        for other in imports(module)
        if other.startswith("capgen.") and not may_import(room_of(module), room_of(other))
    ] == []


def test_no_circles() -> None:
    found = {module: {other for other in imports(module) if other in NAMES} for module in NAMES}
    try:
        TopologicalSorter(found).prepare()
    except CycleError as error:
        pytest.fail(" is imported by ".join(error.args[1]))


def test_duckdb_has_one_importer() -> None:
    assert [module for module in NAMES if "duckdb" in imports(module)] == ["capgen.sql.database"]


def test_one_room_asks_what_the_system_has() -> None:
    others = [module for module in NAMES if room_of(module) != "system"]
    assert [
        f"{module} asks {asked}"
        for module in others
        for asked in [
            *(SYSTEM_MODULES & set(imports(module))),
            *(SYSTEM_NAMES & set(names_in_modules(module))),
        ]
    ] == []


def names_in_modules(module: str) -> Iterator[str]:
    """Yield what code takes from a name, such as `os.fork`."""
    for node in of_type(ast.Attribute, module):
        if isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def of_type(kind: type[Node], module: str) -> Iterator[Node]:
    return (node for node in nodes(module) if isinstance(node, kind))


def test_modules_are_short() -> None:
    lengths = {
        module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in NAMES.items()
    }
    assert {module for module, lines in lengths.items() if lines > LONGEST_MODULE} == set()


def fields_of(node: ast.ClassDef) -> set[str]:
    """Return what a data class takes, or a class with a constructor of its own."""
    annotated = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    of_objects = [each for each in annotated if "ClassVar" not in ast.unparse(each.annotation)]
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            return {argument.arg for argument in [*each.args.args[1:], *each.args.kwonlyargs]}
    return {ast.unparse(each.target) for each in of_objects}


def test_what_a_class_says_of_its_arguments_is_so() -> None:
    said = re.compile(r"^ {4}(\w+): ", re.MULTILINE)
    for module in NAMES:
        for node in of_type(ast.ClassDef, module):
            _, heading, text = (ast.get_docstring(node) or "").partition("\nArgs:\n")
            if heading and not node.name.endswith("Error"):
                arguments = set(said.findall(text.partition("\n\n")[0]))
                fields = {name for name in fields_of(node) if not name.startswith("_")}
                assert arguments == fields, f"{module}.{node.name}"


def is_dense(node: ast.AST) -> bool:
    """Tell whether code assigns several things on a line, or has a conditional inside another."""
    if isinstance(node, ast.Assign):
        return isinstance(node.value, ast.Tuple) and isinstance(node.targets[0], ast.Tuple)
    if isinstance(node, ast.IfExp):
        return sum(isinstance(part, ast.IfExp) for part in ast.walk(node)) > 1
    return False


def test_code_is_not_dense() -> None:
    assert [
        f"{module}: {ast.unparse(node)}"
        for module in NAMES
        for node in nodes(module)
        if is_dense(node)
    ] == []


def test_no_python_hash_and_no_global_random_state() -> None:
    forbidden = {"hash", "random.seed", "np.random.seed", "np.random.default_rng"}
    assert [
        f"{module} calls {ast.unparse(node.func)}"
        for module in NAMES
        for node in of_type(ast.Call, module)
        if ast.unparse(node.func) in forbidden
    ] == []


def test_public_names_are_sorted_and_there() -> None:
    import capgen

    assert list(capgen.__all__) == sorted(capgen.__all__)
    for name in capgen.__all__:
        assert getattr(capgen, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = capgen.nothing
