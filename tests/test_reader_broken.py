"""Broken exports are refused in one line, and no reader takes another's files for its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import capgen
from capgen.errors import CapgenError
from capgen.telemetry.mapping_files import shipped_mapping, shipped_mappings
from capgen.telemetry.readers import READERS
from tests.conftest import deep, examples
from tests.exports.opened import BY_NAME, head, opened
from tests.test_reader_traps import CPU_HEADER, HEADER, NOON_SECONDS, TRAPS, UP, answer, series

DEEP = 100_000
WHOLE = {
    "prometheus": (
        "q.json",
        answer(series(UP, f'[{NOON_SECONDS},"1"]', f'[{NOON_SECONDS + 60},"2"]')),
    ),
    "grafana": ("p.csv", HEADER + "1704110400000,1.5\r\n1704110460000,2.5\r\n"),
    "cloudwatch": (
        "i-0a1b2c3d4e_CPU.json",
        '{"Label": "CPU", "Datapoints": [{"Timestamp": "2024-01-01T12:00:00Z", "Average": 1.5,'
        ' "Unit": "Percent"}]}',
    ),
    "sadf": ("a.txt", f"{CPU_HEADER}a;60;2024-01-01 12:00:00 UTC;-1;1.00;99.00\n"),
}
LINES = ("d.txt", '{__name__="up", instance="a"} 1 1704110400000\n')
DOCUMENT = (
    "a.json",
    '{"sysstat": {"hosts": [{"nodename": "a", "statistics": [{"timestamp": {"date": "2024-01-01",'
    ' "time": "12:00:00", "utc": 1}, "queue": {"runq-sz": 1}}]}]}}',
)
OTHERS = {
    "panel.csv": "timestamp,server_id,cpu\n2024-01-01 12:00:00,web-0,1.5\n",
    "semicolons.csv": "Timestamp [ms];\tCPU cores;\tCPU usage [%]\n1376314846;\t4;\t93.2\n",
    "headless.csv": "0.1,0.2,0.3\n0.1,0.2,0.3\n",
    "rows.ndjson": '{"host": "a", "time": 1, "value": 2}\n',
    "list.json": '[{"host": "a", "value": 2}]',
    "page.html": "<!DOCTYPE html><html><body>Log in</body></html>",
    "text.txt": "nothing 1 2\n",
    "key.json": '{"status": "success"}',
    "parquet.parquet": "PAR1",
}


def test_each_reader_knows_its_own_files_and_no_others() -> None:
    patterns = [shipped_mapping(one).recognise for one in shipped_mappings()]
    for name, trap in TRAPS.items():
        for file, content in trap.files.items():
            if file.endswith(".gz"):
                continue  # the start of a compressed file is expanded before
            reasons = {one.name for one in READERS if one.recognise(head(file, content))}
            assert reasons <= {trap.reader}, name
            text = head(file, content).text
            assert not [one for one in patterns if one and re.search(one, text, re.MULTILINE)], name
            assert reasons or trap.reader == "grafana", name
    for file, content in OTHERS.items():
        assert not [one.name for one in READERS if one.recognise(head(file, content))], file


def cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "cut in the middle": cut,
    "a page of a log-in": lambda _: b"<!DOCTYPE html>\n<html><body>Log in</body></html>\n",
    "an error as JSON": lambda _: b'{"message": "not allowed"}',
    "other bytes": lambda content: content.replace(b"a", b"\xe9\xff"),
    "nothing but a line": lambda content: content.splitlines()[0][:20],
    "brackets without end": lambda _: b"[" * DEEP,
    "lists in lists": lambda _: b'{"Datapoints": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "a line without end": lambda content: content + b"1" * 3_000_000,
}


@pytest.mark.parametrize("name", WHOLE)
def test_broken_files_are_refused_in_one_line(name: str, tmp_path: Path) -> None:
    file, content = WHOLE[name]
    for number, (fault, broken) in enumerate(BROKEN.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(CapgenError) as refused:
            opened(name, {file: broken(content.encode())}, folder)
        assert "\n" not in str(refused.value), fault
        assert len(str(refused.value)) < 600, fault


@pytest.mark.parametrize("name", ["prometheus", "sadf"])
def test_the_other_form_is_refused_too(name: str, tmp_path: Path) -> None:
    file, content = {"prometheus": LINES, "sadf": DOCUMENT}[name]
    for number, fault in enumerate(["cut in the middle", "a line without end", "other bytes"]):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(CapgenError):
            opened(name, {file: BROKEN[fault](content.encode())}, folder)


def test_a_series_that_is_too_large_is_refused_with_the_way_out(tmp_path: Path) -> None:
    large = f'[{NOON_SECONDS},"1"]' + " " * 2 * 2**24  # DuckDB holds twice the limit at a time
    with pytest.raises(CapgenError) as refused:
        opened("prometheus", {"q.json": answer(series(UP, large))}, tmp_path)
    assert "export shorter stretches, and load their files together" in str(refused.value)


def damaged(content: bytes, numbers: np.random.Generator) -> bytes:
    """Return a file with some bytes changed, left out, or written twice."""
    whole = bytearray(content)
    for _ in range(int(numbers.integers(1, 4))):
        start, end = sorted(int(one) for one in numbers.integers(0, len(whole) + 1, 2))
        kind = int(numbers.integers(3))
        if kind == 0 and start < len(whole):
            whole[start] = int(numbers.integers(256))
        elif kind == 1:
            del whole[start : min(end, start + 8)]
        else:
            whole[start:start] = whole[start : min(end, start + 8)]
    return bytes(whole)


FORMS = [
    *((name, *file) for name, file in WHOLE.items()),
    ("prometheus", *LINES),
    ("sadf", *DOCUMENT),
]


@examples(2)
@given(form=st.sampled_from(FORMS), seed=st.integers(0, 2**32 - 1))
@example(form=FORMS[0], seed=0)
def test_damaged_files_never_get_a_traceback(
    form: tuple[str, str, str], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name, file, content = form
    numbers = np.random.Generator(np.random.PCG64(seed))
    folder = tmp_path_factory.mktemp("damaged")
    with suppress(CapgenError):
        opened(name, {file: damaged(content.encode(), numbers)}, folder)


@examples(6)
@given(st.binary(max_size=60))
def test_any_bytes_may_be_looked_at(start: bytes) -> None:
    for one in READERS:
        for prefix in (b"", b"{", b'"Time",', b"# hostname;interval;timestamp;", b"\xff\xfe"):
            one.recognise(head("x", prefix + start))


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=deep if name in {"grafana", "cloudwatch"} else ()) for name in WHOLE],
)
def test_a_load_says_why_it_took_the_reader_and_keeps_what_it_says(
    name: str, tmp_path: Path
) -> None:
    file, content = WHOLE[name]
    (tmp_path / file).write_text(content)
    found = capgen.load(tmp_path / file, None, settings=["step=1min"])
    assert found.reader == BY_NAME[name].name
    assert found.account[0].name == "reader"
    assert found.rows in {1, 2}
