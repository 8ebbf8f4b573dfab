"""Other systems, other file systems: what they lack is taken away, and capgen does without."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Callable
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from capgen import build
from capgen.system import processors as counting
from tests.conftest import AS_NOBODY_KNOWN, deep, make_config, needs_root
from tests.processes import run_script

ROOT = Path(__file__).resolve().parents[1]
RunWithout = Callable[..., list[str]]
# Has capgen imported anew; the libraries it needs stay from the process that it is forked from.
FORGOTTEN = """
import sys
for name in [each for each in sys.modules if each.partition(".")[0] == "capgen"]:
    del sys.modules[name]
"""
# macOS has none of these, Windows neither these nor fcntl.
MAC = f"""{FORGOTTEN}
import ctypes, os
for name in ("sched_getaffinity", "sched_setaffinity", "posix_fadvise", "process_cpu_count"):
    if hasattr(os, name):
        delattr(os, name)
class Library(ctypes.CDLL):
    def __getattr__(self, name):
        if name in ("renameat2", "mallopt"):
            raise AttributeError(name)
        return super().__getattr__(name)
ctypes.CDLL = Library
"""
WINDOWS = f"""{MAC}
import signal, sys
sys.modules["fcntl"] = sys.modules["resource"] = sys.modules["pwd"] = sys.modules["grp"] = None
del signal.SIGHUP, os.geteuid, os.getuid, os.fork, os.link
class Library(ctypes.CDLL):
    def __init__(self, name, *arguments, **options):
        if name is None and sys._getframe(1).f_globals["__name__"].startswith("capgen"):
            raise TypeError("there is no library of that name")
        super().__init__(name, *arguments, **options)
ctypes.CDLL = Library
"""
PLAIN_FILE_SYSTEM = """
import errno, os, stat
def no_link(*arguments, **options): raise OSError(errno.ENOTSUP, "Operation not supported")
os.link = no_link
fsync = os.fsync
def fsync_of_files(descriptor):
    if stat.S_ISDIR(os.fstat(descriptor).st_mode): raise OSError(errno.EINVAL, "Invalid argument")
    fsync(descriptor)
os.fsync = fsync_of_files
"""


@pytest.fixture
def without(tmp_path: Path) -> RunWithout:
    """Run `capgen` in a process, after a script that takes something away from the system.

    The good commands and then the wrong ones run one after the other, as long as they end so; the
    answer is what was said on standard error.
    """

    def run(taken_away: str, *good: str, wrong: tuple[str, ...] = ()) -> list[str]:
        script = f"""import json, sys
{taken_away}
from capgen.cli.app import main
for command, expected in json.loads(sys.argv[1]):
    code = main(command)
    assert code == expected, (code, command)
"""
        expected = {**dict.fromkeys(good, 0), **dict.fromkeys(wrong, 2)}
        words = json.dumps([(shlex.split(command), code) for command, code in expected.items()])
        outcome = run_script(script, words, folder=tmp_path)
        assert outcome.returncode == 0, outcome.stderr
        return outcome.stderr.splitlines()

    return run


GROWING = "--servers=10 --set growth.trend=monthly"
# The first is replaced; the second is extended, and its files are kept.
BUILDS = (
    "build --servers=10 --end-date=2022-01-31",
    f"build {GROWING} --end-date=2022-12-31 --overwrite",
    f"build {GROWING} --end-date=2023-01-31",
    "verify data",
    "export data data.parquet",
)


def test_a_mac_builds(without: RunWithout) -> None:
    """Windows, which has even less, shows that it checks."""
    said = without(MAC, *BUILDS)
    assert all(line.startswith("note: ") for line in said)


def test_a_plain_file_system_holds_datasets_and_exports(without: RunWithout) -> None:
    said = without(PLAIN_FILE_SYSTEM, *BUILDS)
    assert all(line.startswith("note: ") for line in said)


def test_windows_reads_and_says_that_it_does_not_write(without: RunWithout, tmp_path: Path) -> None:
    build(make_config(num_servers=10, end_date="2022-01-31"), tmp_path / "data")
    reading = ("verify data", "check data", "query 'from panel limit 1' --data=data")
    said = without(WINDOWS, *reading, wrong=("build --out other", "repair data", "export data"))
    assert len(said) == 3
    assert all("WSL" in line for line in said)
    assert [each.name for each in tmp_path.iterdir()] == ["data"]


def test_capgen_from_a_zip_file(tmp_path: Path) -> None:
    zipped = tmp_path / "capgen.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        for folder in ("capgen", "config", "sql"):
            for file in (ROOT / folder).rglob("*.*"):
                if "__pycache__" not in file.parts:
                    archive.write(file, file.relative_to(ROOT))
                    compiled = Path(cache_from_source(str(file)))
                    if file.suffix == ".py" and compiled.exists():
                        archive.write(compiled, file.relative_to(ROOT).with_suffix(".pyc"))
    script = f"""{FORGOTTEN}
sys.path.insert(0, {str(zipped)!r})
from capgen.cli.app import main
import capgen
assert capgen.__file__.startswith({str(zipped)!r})
for command in ("build --servers=10 --end-date=2022-01-31", "config init", "sql"):
    assert main(command.split()) == 0, command
sys.path.append({str(ROOT)!r})
from pathlib import Path
from capgen.quality.outcome import Report
from tests.pages import page_of
unchecked = Report("data", (), None)
assert "<h1>zipped" in page_of(Path("data"), "zipped", checked=unchecked)
"""
    ended = run_script(script, folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")


def as_nobody_known(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run lines of Python as a user without an entry or a home."""
    command = [*AS_NOBODY_KNOWN, "env", "-u", "HOME", sys.executable, "-c", script]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@needs_root
def test_a_user_without_a_home_and_with_two_folders_below_one_that_he_cannot_write(
    tmp_path: Path,
) -> None:
    for name in ("working", "mine"):
        (tmp_path / name).mkdir()
        os.chown(tmp_path / name, 54321, 54321)
    script = """
import os
from capgen.cli.app import main
from capgen.report.libraries import require_libraries
require_libraries()
panel = "--servers=10 --end-date=2022-01-31"
for command in (
    f"build {panel}",
    "export data",
    "config init",
    f"build {panel} --out=../mine",
    f"build {panel} --out=../mine --seed=1 --overwrite",
):
    assert main(command.split()) == 0, command
os.remove("../mine/year=2022/server_type=web/part-00000.parquet")
assert main(["repair", "../mine"]) == 0
assert main(["verify", "../mine"]) == 0
assert main(["verify", "~/data"]) == 2
"""
    ended = as_nobody_known(script, tmp_path / "working")
    assert ended.returncode == 0, ended.stderr
    *notes, line = ended.stderr.splitlines()
    assert "expected a user who has a home" in line
    assert all(each.startswith("note: ") for each in notes)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mine", "working"]


@deep
@needs_root
def test_a_user_without_a_home_draws(tmp_path: Path) -> None:
    script = """
from capgen.report.libraries import require_libraries
require_libraries()
import altair, vl_convert
drawn = altair.Chart(altair.Data(values=[])).mark_point().to_dict()
assert vl_convert.svg_to_png(vl_convert.vegalite_to_svg(drawn)).startswith(b"\\x89PNG")
"""
    ended = as_nobody_known(script, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        ("0::/", {"cpu.max": "150000 100000"}, 2),
        ("0::/a/b", {"a/cpu.max": "100000 100000", "a/b/cpu.max": "max 100000"}, 1),
        ("0::/elsewhere", {"cpu.max": "50000 100000"}, 1),
        ("0::/", {"cpu.max": "max 100000"}, 8),
        ("0::/", {"cpu.max": "damaged"}, 8),
        (
            "3:cpu,cpuacct:/a",
            {
                "cpu,cpuacct/a/cpu.cfs_quota_us": "300000",
                "cpu,cpuacct/a/cpu.cfs_period_us": "100000",
            },
            3,
        ),
        ("3:cpu:/", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 8),
        (None, {}, 8),
    ],
)
def test_a_container_has_the_processors_of_its_quota(
    groups: str | None,
    files: dict[str, str],
    expected: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)))
    monkeypatch.delattr("os.process_cpu_count", raising=False)
    monkeypatch.setattr(counting, "_CONTROL_GROUPS", tmp_path)
    monkeypatch.setattr(counting, "_OWN_CONTROL_GROUPS", tmp_path / "own")
    if groups is not None:
        (tmp_path / "own").write_text(f"{groups}\n")
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"{text}\n")
    assert counting.processors() == expected


def test_too_few_addresses_are_one_line(tmp_path: Path) -> None:
    command = f"ulimit -v 1000000; exec {sys.executable} -m capgen build --servers=10 --years=1"
    ended = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("error: ulimit -v: expected at least ")
    assert line.endswith("got 1000000; raise it, or limit memory with --memory or a control group")
    assert not list(tmp_path.iterdir())
