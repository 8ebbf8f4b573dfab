"""Hostile configuration: refused in one line, nothing executed, nothing written."""

from __future__ import annotations

import io
import itertools
import json
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from capgen import ConfigError, load_config, scan
from capgen.cli.app import main
from capgen.config.sources import preset_text
from tests.conftest import deep, examples, make_config
from tests.texts import any_text

MOST_LABEL = 40  # characters
SECONDS = 5  # in practice a tenth of one; the machine may be busy
NAMES = [
    "../../x",
    "a/b",
    "'; drop table x; --",
    "{__class__}",
    "x" * 10_000_000,
    "",
    "\x00",
    "a\nb",
    "${HOME}",
    "ключ",
]
ANCHORS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
TEXTS = {
    "deeply nested flow": "a: " + "[" * 100_000,
    "deeply nested blocks": "\n".join(" " * depth + "a:" for depth in range(2000)),
    "deeply nested mapping": "{a: " * 5000,
    "self-referencing": "a: &a [*a]",
    "self-referencing mapping": "&a {b: *a}",
    "a billion laughs": ANCHORS,
    "python object": "seed: !!python/object/apply:os.system ['touch pwned']",
    "python name": "seed: !!python/name:os.system",
    "python module": "seed: !!python/module:os",
    "custom tag": "seed: !run 'touch pwned'",
    "huge text": "out: " + "x" * 10_000_000,
    "huge number": "seed: " + "9" * 100_000,
    "huge exponent": "seed: 1e999999",
    "hexadecimal": "seed: 0x" + "f" * 50_000,
    "10^15 rows": (
        "{num_servers: 10000000, start_date: 1900-01-01, end_date: 2199-12-31, granularity: 1min}"
    ),
    "nul byte": "seed: \x00",
    "a list": "- 1",
    "sixty as a number": "seed: 1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1",
}


def refused(arguments: list[str], folder: Path) -> str:
    """Run a build that must be refused quickly, with nothing written; return the one short line."""
    before = sorted(folder.rglob("*"))
    started = time.monotonic()
    with redirect_stderr(io.StringIO()) as errors, redirect_stdout(io.StringIO()) as output:
        code = main(arguments)
    assert time.monotonic() - started < SECONDS
    assert code == 2
    assert output.getvalue() == ""
    (line,) = errors.getvalue().splitlines()
    assert line.startswith("error: ")
    assert len(line) < 2000
    assert sorted(folder.rglob("*")) == before
    return line


PATHS = [
    ("archetypes", None),
    ("metrics", None),
    ("fleet", "server_id_format"),
    ("metrics", "cpu", "column"),
    ("archetypes", "web", "correlation", None),
    ("calendar", "holidays", "country"),
    ("granularity",),
    ("start_date",),
]


def places() -> Iterator[Any]:
    """Yield each name as a folder's and a column's, and each place with two of the names."""
    for path, (number, name) in itertools.product(PATHS, enumerate(NAMES)):
        is_quick = path in (PATHS[0], PATHS[3]) or name in {NAMES[2], NAMES[7]}
        place = ".".join(key or "*" for key in path)
        of_case = () if is_quick else deep
        yield pytest.param(name, path, id=f"{place}-{number}", marks=of_case)


@pytest.mark.parametrize(("name", "path"), list(places()))
def test_names(
    name: str, path: tuple[str | None, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    values: Any = name
    if not path[-1]:
        values = {name: {"share": 1} if len(path) == 2 else 1}
    for key in reversed([each for each in path if each]):
        values = {key: values}
    (tmp_path / "hostile.yaml").write_text(json.dumps(values), encoding="utf-8")  # JSON is YAML
    refused(["build", "--config", "hostile.yaml"], tmp_path)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_label_is_data_or_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    small = {"num_servers": 10, "end_date": "2022-01-01", "fleet": {"region": {name: 9}}}
    (tmp_path / "hostile.yaml").write_text(json.dumps(small), encoding="utf-8")
    arguments = ["build", "--config", "hostile.yaml"]
    if len(name) > MOST_LABEL or not name.isprintable() or not name:
        refused(arguments, tmp_path)
        return
    assert main(arguments) == 0
    assert name in pl.scan_parquet(tmp_path / "data/**/*.parquet").collect()["region"].unique()
    assert {each.name for each in tmp_path.iterdir()} == {"data", "hostile.yaml"}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_texts(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hostile.yaml").write_text(text, encoding="utf-8")
    refused(["build", "--config", "hostile.yaml"], tmp_path)


DEFAULT_LINES = preset_text("default").splitlines()
fragments = st.sampled_from(
    [
        "[",
        "]",
        "{",
        "}",
        ":",
        "- ",
        "&a ",
        "*a",
        "!!",
        "null",
        "-1",
        "1e400",
        ".nan",
        "~",
        "'",
        '"',
        "\t",
    ]
)


@given(line=st.integers(0, len(DEFAULT_LINES) - 1), data=st.data())
@examples(2)
def test_a_damaged_default_never_gets_a_traceback(line: int, data: st.DataObject) -> None:
    lines = list(DEFAULT_LINES)
    position = data.draw(st.integers(0, len(lines[line])), label="position")
    inserted = data.draw(fragments | any_text(5), label="inserted")
    lines[line] = (
        lines[line][:position] + inserted + lines[line][position + data.draw(st.integers(0, 4)) :]
    )
    load_or_refuse("\n".join(lines))


@given(any_text(200))
@examples(3)
def test_any_text_never_gets_a_traceback(text: str) -> None:
    load_or_refuse(text)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text(10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text(10), inner, max_size=3),
    max_leaves=8,
)
sections = st.sampled_from(
    ["seed", "fleet", "calendar", "growth", "metrics", "archetypes", "out", "start_date"]
)


@given(st.dictionaries(sections, plain, max_size=3))
@examples(2)
def test_any_values_in_known_sections_never_get_a_traceback(values: dict[str, Any]) -> None:
    load_or_refuse(yaml.safe_dump(values, allow_unicode=True))


def load_or_refuse(text: str) -> None:
    """Load a configuration from a text as an environment variable, or see it refused."""
    try:
        load_config(environment={"CF_DATA_FLEET__REGION": text})
        load_config(environment={"CF_DATA_ARCHETYPES": text})
    except ConfigError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
    from capgen.config.loading import resolve
    from capgen.config.merging import KeySource
    from capgen.config.yaml_text import parse_yaml

    try:
        values = parse_yaml(text, "text")
        resolve(
            environment={}, flags=[KeySource("text", values)] if isinstance(values, dict) else []
        )
    except ConfigError as error:
        assert str(error)  # noqa: PT017 - either outcome is right


def test_the_largest_numbers_of_all_keys_make_finite_values() -> None:
    weights = ("business_hours", "weekend", "eoq", "holiday", "growth")
    response = dict.fromkeys(weights, 1000)
    whole = [-1e15, 1e15]
    kind = {
        "base": {"cpu": 1e15},
        "sd": {"cpu": 1e15},
        "business_hours_factor": 1000,
        "weekend_factor": 0,  # infinity times 0 would be no number
        "spike": {"probability": 0.5, "magnitude": 1000},
        "growth_percent_per_month": 1e6,
    }
    january = {"month": 1, "first_day": 1, "last_day": 31, "factor": 1000}
    config = make_config(
        num_servers=1,
        granularity="480min",
        end_date="2022-01-07",
        truth=True,
        calendar={"eoq": {"peak": 1000}, "holiday_factors": [january]},
        growth={"trend": "monthly", "origin": "1900-01-01"},
        metrics={
            "cpu": {"clip": whole, "spike_share": 1000, "response": response},
            "net_out": {"clip": whole, "derived": {"source": "cpu", "factor": 1e15}},
        },
        archetypes={"application": kind},
    )
    panel = scan(config).collect()
    assert all(column.is_finite().all() for column in panel.select(pl.col(pl.Float64)))
