"""Where configuration comes from, what wins, and what it amounts to."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from capgen import Config, ConfigError, load_config
from capgen.cli.app import main
from capgen.config import config_digest
from capgen.config.merging import nested
from capgen.config.sources import preset_names, preset_text
from capgen.config.yaml_text import parse_shipped_yaml, parse_yaml
from capgen.draws.arrays import Floats as Matrix
from capgen.draws.correlation import correlation_matrix, nearest_correlation_matrix, repair_distance
from tests.conftest import examples, make_config

FILE_VARIABLE = "CAPACITY_FORECASTER_CONFIG"
SOURCES = ["preset", "file", "environment", "flag"]  # lowest precedence first

Shown = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, and forget the configuration of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("CF_DATA_") or name == FILE_VARIABLE:
            monkeypatch.delenv(name)


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Shown:
    """Return what `config show --json` says: value and source by key."""

    def show(*arguments: str) -> dict[str, dict[str, Any]]:
        assert main(["config", "show", "--json", *arguments]) == 0
        said: dict[str, dict[str, Any]] = json.loads(capsys.readouterr().out)
        return said

    return show


def write(name: str, values: dict[str, Any]) -> None:
    Path(name).write_text(json.dumps(values))  # JSON is YAML


def test_python_code_gives_dates_and_paths() -> None:
    days = {"start_date": date(2024, 2, 28), "end_date": date(2024, 2, 29)}
    config = load_config(overrides={**days, "out": Path("here")})
    assert {"start_date": config.start_date, "end_date": config.end_date} == days
    assert config.out == "here"
    with pytest.raises(ConfigError, match="expected plain values, got Object of type object"):
        load_config(overrides={"num_servers": object()})


@pytest.mark.parametrize("highest", SOURCES)
@pytest.mark.parametrize(
    ("key", "flag", "values"),
    [
        pytest.param("num_servers", "--servers", [120, 2, 3, 4], id="num_servers"),
        pytest.param(
            "start_date",
            "--start-date",
            ["2022-01-01", "2022-02-01", "2022-03-01", "2022-04-01"],
            id="start",
        ),
        pytest.param(
            "end_date",
            "--end-date",
            ["2025-12-31", "2023-02-01", "2023-03-01", "2023-04-01"],
            id="end",
        ),
        pytest.param(
            "granularity", "--granularity", ["daily", "hourly", "15min", "5min"], id="granularity"
        ),
        pytest.param("seed", "--seed", [42, 1, 2, 3], id="seed"),
        pytest.param("out", "--set=out", ["data", "a", "b", "c"], id="out"),
        pytest.param(
            "calendar.eoq.peak", "--set=calendar.eoq.peak", [0.3, 0.1, 0.2, 0.4], id="nested"
        ),
    ],
)
def test_flag_over_environment_over_file_over_preset(
    key: str,
    flag: str,
    values: list[Any],
    highest: str,
    shown: Shown,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    level = SOURCES.index(highest)
    variable = "CF_DATA_" + key.upper().replace(".", "__")
    arguments: list[str] = []
    if level >= 1:
        write("mine.yaml", nested(tuple(key.split(".")), values[1]))
        arguments.append("--config=mine.yaml")
    if level >= 2:
        monkeypatch.setenv(variable, str(values[2]))
    if level >= 3:
        arguments.append(f"{flag}={values[3]}")
    source = ["preset default", "mine.yaml", variable, flag.replace("=", " ")][level]
    assert shown(*arguments)[key] == {"value": values[level], "source": source}


def test_out_of_build_wins_over_all_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("CF_DATA_OUT", "variable")
    small = ["--json", "--servers=2", "--end-date=2022-01-02"]
    assert main(["build", *small, "--set=out=setting", "--out=flag"]) == 0
    assert main(["build", *small]) == 0
    folders = [json.loads(line)["out"] for line in capsys.readouterr().out.splitlines()]
    assert folders == [str(tmp_path / "flag"), str(tmp_path / "variable")]


def test_a_variable_names_the_file_and_the_flag_wins(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("variable.yaml", {"seed": 1, "num_servers": 2})
    write("flag.yaml", {"seed": 3})
    monkeypatch.setenv(FILE_VARIABLE, "variable.yaml")
    assert shown()["seed"] == {"value": 1, "source": "variable.yaml"}
    both = shown("--config", "flag.yaml")
    assert both["seed"] == {"value": 3, "source": "flag.yaml"}
    assert both["num_servers"]["source"] == "preset default"


@pytest.mark.parametrize("preset", preset_names())
def test_a_preset_is_what_a_copy_of_it_is(preset: str) -> None:
    text = preset_text(preset)
    assert json.dumps(parse_shipped_yaml(text)) == json.dumps(parse_yaml(text, "a copy"))


def test_overrides_win_over_environment_and_file() -> None:
    write("mine.yaml", {"seed": 1, "num_servers": 5})
    environment = {"CF_DATA_SEED": "2", "CF_DATA_NUM_SERVERS": "6", FILE_VARIABLE: "mine.yaml"}
    config = load_config(overrides={"seed": 3}, environment=environment)
    assert (config.seed, config.num_servers) == (3, 6)


@pytest.mark.parametrize("source", SOURCES[1:])
def test_seed_zero_counts(source: str, shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    write("mine.yaml", {"seed": 0})
    if source == "environment":
        monkeypatch.setenv("CF_DATA_SEED", "0")
    arguments = {"file": ["--config", "mine.yaml"], "environment": [], "flag": ["--seed", "0"]}[
        source
    ]
    assert shown(*arguments)["seed"]["value"] == 0


def test_null_takes_an_entry_away() -> None:
    config = make_config(archetypes={"batch": None, "web": {"share": 0.45}})
    assert list(config.archetypes) == ["web", "application", "database"]


def test_null_takes_a_correlation_away() -> None:
    config = make_config(archetypes={"web": {"correlation": {"cpu~mem": None}}})
    assert "cpu~mem" not in config.archetypes["web"].correlation
    assert "cpu~net_in" in config.archetypes["web"].correlation


@pytest.mark.parametrize(("alias", "name"), [("app", "application"), ("db", "database")])
def test_short_names_of_archetypes(alias: str, name: str) -> None:
    config = make_config(archetypes={alias: {"weekend_factor": 0.9}})
    assert config == make_config(archetypes={name: {"weekend_factor": 0.9}})
    assert config.archetypes[name].weekend_factor == 0.9


def test_short_and_long_names_override_each_other_across_layers() -> None:
    write("mine.yaml", {"archetypes": {"database": {"weekend_factor": 0.8}}})
    environment = {"CF_DATA_ARCHETYPES__DB__WEEKEND_FACTOR": "0.9"}
    assert (
        load_config("mine.yaml", environment=environment).archetypes["database"].weekend_factor
        == 0.9
    )


@pytest.mark.parametrize("pair", ["cpu~mem", "mem~cpu"])
def test_the_order_within_a_correlation_pair_does_not_matter(pair: str) -> None:
    config = make_config(archetypes={"web": {"correlation": {pair: 0.1}}})
    matrix = correlation_matrix(
        config.archetypes["web"].correlation, config.drawn_metrics, repair=False
    )
    assert matrix[0, 1] == matrix[1, 0] == 0.1
    assert len(config.archetypes["web"].correlation) == 6


def test_shown_configuration_is_a_configuration_and_names_its_sources(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        "mine.yaml",
        {"calendar": {"eoq": {"peak": 0.4}}, "archetypes": {"db": {"base": {"cpu": 1e-7}}}},
    )
    monkeypatch.setenv("CF_DATA_OUT", "'a # b: c'")
    assert (
        main(["config", "show", "--config", "mine.yaml", "--seed", "7", "--set", "decimals=3"]) == 0
    )
    text = capsys.readouterr().out
    Path("shown.yaml").write_text(text)
    given = {"seed": 7, "decimals": 3}
    assert load_config("shown.yaml", environment={}) == load_config("mine.yaml", overrides=given)
    source_by_key = {
        line.partition(":")[0].strip(): line.rpartition("  # ")[2] for line in text.splitlines()
    }
    expected = {
        "seed": "--seed",
        "decimals": "--set decimals",
        "out": "CF_DATA_OUT",
        "peak": "mine.yaml",
        "num_servers": "preset default",
    }
    assert {key: source_by_key[key] for key in expected} == expected


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(
            {"archetypes": {"batch": None, "web": {"share": 0.45}}}, id="an archetype taken away"
        ),
        pytest.param(
            {"archetypes": {"web": {"correlation": {"mem~cpu": None}}}},
            id="a correlation taken away",
        ),
        pytest.param({"fleet": {"region": {"NO": 1}}}, id="a key that YAML 1.1 reads as false"),
        pytest.param({"fleet": {"region": {"7": 1}}}, id="a key that YAML reads as a number"),
        pytest.param(
            {
                "metrics": {
                    "ram": {
                        "column": "ram",
                        "clip": [0, 9],
                        "derived": {"source": "mem", "factor": 0.1},
                    }
                }
            },
            id="a metric more",
        ),
    ],
)
def test_shown_configuration_is_the_same_whatever_it_holds(
    values: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    write("mine.yaml", values)
    assert main(["config", "show", "--config", "mine.yaml"]) == 0
    Path("shown.yaml").write_text(capsys.readouterr().out)
    assert load_config("shown.yaml") == load_config("mine.yaml") != make_config()


def test_config_show_as_json_has_every_key(shown: Shown) -> None:
    said = shown()
    assert said["seed"] == {"value": 42, "source": "preset default"}
    assert said["archetypes.web.correlation.cpu~mem"]["value"] == 0.5
    values: dict[str, Any] = {}
    for key, entry in said.items():
        section = values
        *path, last = key.split(".")
        for name in path:
            section = section.setdefault(name, {})
        section[last] = entry["value"]
    assert Config.model_validate_json(json.dumps(values)) == make_config()


def test_config_check_tells_good_from_bad(capsys: pytest.CaptureFixture[str]) -> None:
    write("good.yaml", {"seed": 5})
    write("bad.yaml", {"seed": -5})
    assert main(["config", "check", "good.yaml"]) == 0
    assert config_digest(make_config(seed=5)) in capsys.readouterr().out
    assert main(["config", "check", "bad.yaml"]) == 2
    output, message = capsys.readouterr()
    assert output == ""
    assert "seed" in message
    assert "-5" in message


@pytest.mark.parametrize(("arguments", "name"), [([], "capgen.yaml"), (["mine.yaml"], "mine.yaml")])
def test_config_init_writes_a_good_file_once(
    arguments: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "init", *arguments]) == 0
    assert name in capsys.readouterr().out
    assert "#" in Path(name).read_text()
    assert load_config(name, environment={}) == make_config()
    Path(name).write_text("seed: 5")
    assert main(["config", "init", *arguments]) == 2
    assert Path(name).read_text() == "seed: 5"


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        pytest.param("2022-01-01", 1, "2022-12-31", id="calendar year"),
        pytest.param("2022-07-15", 1, "2023-07-14", id="mid-year"),
        pytest.param("2024-02-29", 1, "2025-02-28", id="from 29 February"),
        pytest.param("2024-02-29", 4, "2028-02-28", id="29 February to 29 February"),
        pytest.param("2023-03-01", 1, "2024-02-29", id="up to 29 February"),
        pytest.param("2022-12-01", 2, "2024-11-30", id="from the first of a month"),
    ],
)
def test_years_count_whole_years_from_the_start(
    start: str, years: int, end: str, shown: Shown
) -> None:
    said = shown("--start-date", start, "--years", str(years))
    assert said["end_date"] == {"value": end, "source": "--years"}


def test_years_start_where_the_file_says_and_win_over_its_end(shown: Shown) -> None:
    write("mine.yaml", {"start_date": "2023-05-05", "end_date": "2023-05-06"})
    assert shown("--config", "mine.yaml", "--years", "2")["end_date"]["value"] == "2025-05-04"


@pytest.mark.parametrize(
    ("section", "key"),
    [("", "seed"), ("calendar", "eoq"), ("fleet", "first_index"), ("growth", "origin")],
    ids=lambda name: name or "top",
)
def test_a_configuration_is_frozen(section: str, key: str) -> None:
    config = make_config()
    part = getattr(config, section) if section else config
    with pytest.raises(ValidationError, match="frozen"):
        setattr(part, key, getattr(part, key))


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("60min", "hourly"),
        ("hourly", "hourly"),
        ("1440min", "daily"),
        ("daily", "daily"),
        ("015min", "15min"),
    ],
)
def test_granularity_has_one_spelling(given: str, canonical: str) -> None:
    config = make_config(granularity=given)
    assert config.granularity == canonical
    assert config == make_config(granularity=canonical)
    assert config_digest(config) == config_digest(make_config(granularity=canonical))


MONTHLY = {"growth": {"trend": "monthly", "origin": "2022-01-01"}}
MONTHLY_FROM_START = {"growth": {"trend": "monthly"}}
WINDOW = {"growth": {"trend": "window"}}


@pytest.mark.parametrize(
    ("model", "change"),
    [
        pytest.param(MONTHLY, {"out": "elsewhere"}, id="out"),
        pytest.param(MONTHLY, {"num_servers": 7}, id="servers"),
        pytest.param(MONTHLY, {"start_date": "2023-01-01"}, id="start, fixed origin"),
        pytest.param(MONTHLY, {"end_date": "2023-01-01"}, id="end, fixed origin"),
        pytest.param(MONTHLY_FROM_START, {"end_date": "2023-01-01"}, id="end, origin at start"),
        pytest.param(MONTHLY_FROM_START, MONTHLY, id="origin that is the start anyway"),
        pytest.param(WINDOW, {"out": "elsewhere", "num_servers": 7}, id="out and servers, window"),
        pytest.param(WINDOW, {"archetypes": {"web": {"base": {"cpu": 45.0}}}}, id="the same value"),
    ],
)
def test_digest_ignores_which_cells_are_asked_for(
    model: dict[str, Any], change: dict[str, Any]
) -> None:
    assert config_digest(make_config(**{**model, **change})) == config_digest(make_config(**model))


@pytest.mark.parametrize(
    ("model", "change"),
    [
        pytest.param(MONTHLY, {"seed": 43}, id="seed"),
        pytest.param(MONTHLY, {"granularity": "hourly"}, id="granularity"),
        pytest.param(MONTHLY, {"decimals": 3}, id="decimals"),
        pytest.param(MONTHLY, {"archetypes": {"web": {"base": {"cpu": 45.01}}}}, id="level"),
        pytest.param(
            MONTHLY, {"archetypes": {"web": {"correlation": {"cpu~mem": 0.51}}}}, id="correlation"
        ),
        pytest.param(
            MONTHLY, {"archetypes": {"web": {"share": 0.34}, "batch": {"share": 0.11}}}, id="shares"
        ),
        pytest.param(MONTHLY, {"calendar": {"eoq": {"peak": 0.31}}}, id="calendar"),
        pytest.param(MONTHLY, {"metrics": {"cpu": {"clip": [0, 99]}}}, id="clip"),
        pytest.param(MONTHLY, WINDOW, id="trend"),
        pytest.param(
            MONTHLY, {"growth": {"trend": "monthly", "origin": "2022-01-02"}}, id="origin"
        ),
        pytest.param(MONTHLY_FROM_START, {"start_date": "2023-01-01"}, id="start, origin at start"),
        pytest.param(WINDOW, {"start_date": "2023-01-01"}, id="start, window"),
        pytest.param(WINDOW, {"end_date": "2023-01-01"}, id="end, window"),
    ],
)
def test_digest_changes_with_the_value_of_any_cell(
    model: dict[str, Any], change: dict[str, Any]
) -> None:
    assert config_digest(make_config(**{**model, **change})) != config_digest(make_config(**model))


METRICS = ["cpu", "mem", "disk", "net_in"]
PAIRS = ["~".join(pair) for pair in combinations(METRICS, 2)]
any_correlations = st.fixed_dictionaries({pair: st.floats(-1, 1) for pair in PAIRS})
# Rows whose other entries sum to less than the diagonal's 1 make any matrix of these possible.
modest_correlations = st.fixed_dictionaries({pair: st.floats(-0.3, 0.3) for pair in PAIRS})


def as_matrix(pairs: dict[str, float]) -> Matrix:
    matrix = np.eye(len(METRICS))
    for row, column in combinations(range(len(METRICS)), 2):
        matrix[row, column] = matrix[column, row] = pairs[f"{METRICS[row]}~{METRICS[column]}"]
    return matrix


@given(any_correlations)
@examples(5)
def test_a_repaired_matrix_is_a_correlation_matrix(pairs: dict[str, float]) -> None:
    matrix = correlation_matrix(pairs, METRICS, repair=True)
    np.testing.assert_array_equal(np.diag(matrix), 1.0)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert np.abs(matrix).max() <= 1
    assert np.linalg.eigvalsh(matrix)[0] > 0
    np.linalg.cholesky(matrix)


@given(modest_correlations)
@examples(5)
def test_a_possible_matrix_is_left_alone(pairs: dict[str, float]) -> None:
    for repair in (False, True):
        np.testing.assert_array_equal(
            correlation_matrix(pairs, METRICS, repair=repair), as_matrix(pairs)
        )
    assert repair_distance(pairs, METRICS) == 0


@given(any_correlations)
@examples(5)
def test_an_impossible_matrix_is_refused_or_moved(pairs: dict[str, float]) -> None:
    assume(np.linalg.eigvalsh(as_matrix(pairs))[0] < -1e-3)
    with pytest.raises(ValueError, match="positive definite"):
        correlation_matrix(pairs, METRICS, repair=False)
    moved = np.abs(correlation_matrix(pairs, METRICS, repair=True) - as_matrix(pairs)).max()
    assert repair_distance(pairs, METRICS) == moved > 0


@given(any_correlations)
@examples(5)
def test_no_simple_repair_is_nearer(pairs: dict[str, float]) -> None:
    matrix = as_matrix(pairs)
    smallest = np.linalg.eigvalsh(matrix)[0]
    assume(smallest < -1e-3)
    shrunk = (matrix - smallest * np.eye(len(METRICS))) / (
        1 - smallest
    )  # just possible, by less of everything
    repaired = nearest_correlation_matrix(matrix)
    assert np.linalg.norm(repaired - matrix) <= np.linalg.norm(shrunk - matrix) + 1e-4


@given(any_correlations)
@examples(5)
def test_repairing_twice_changes_nothing_more(pairs: dict[str, float]) -> None:
    once = correlation_matrix(pairs, METRICS, repair=True)
    np.testing.assert_allclose(nearest_correlation_matrix(once), once, atol=1e-4)


def test_a_known_repair() -> None:
    """An example of Higham (2002): the nearest correlation matrix to a tridiagonal one."""
    repaired = nearest_correlation_matrix(
        np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    )
    expected = [[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]]
    np.testing.assert_allclose(repaired, expected, atol=2e-4)


def test_repairing_is_a_choice() -> None:
    impossible = {"archetypes": {"web": {"correlation": {"mem~disk": 0.7}}}}
    with pytest.raises(ConfigError, match=r"archetypes\.web\.correlation.*-0\.013"):
        make_config(**impossible)
    assert make_config(**impossible, repair_correlation=True).repair_correlation
