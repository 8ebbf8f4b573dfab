"""`fit --test`: twins are tried on days that they were not fitted on, and nothing is left."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from capgen import RequestError, cross_validate, load_config
from capgen.twins.compare.agreement import NamedDataset
from capgen.twins.compare.spans import windows
from capgen.twins.compare.summary import Line
from capgen.twins.cross_validation.cross_validate import CrossValidation, halves_of
from capgen.twins.cross_validation.halves import Task
from capgen.twins.fit.options import FitOptions
from tests.compare_panels import DAY, panel, tell_weeks_apart_in_no_time, write_panel
from tests.conftest import Run

DAYS = 32
HALF = DAYS // 2


@pytest.fixture(scope="module")
def telemetry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return telemetry whose level is three times as high in the second half."""
    values = panel(9, DAYS)
    risen = np.where(np.arange(DAYS * DAY) >= HALF * DAY, 3.0, 1.0) * values
    risen[:, 0, : 5 * DAY] = np.nan  # the first server begins later
    return write_panel(tmp_path_factory.mktemp("telemetry") / "data", risen)


@pytest.fixture(scope="module")
def found(telemetry: Path) -> CrossValidation:
    with pytest.MonkeyPatch.context() as patch:
        tell_weeks_apart_in_no_time(patch)
        return cross_validate(telemetry, states=2, kinds=2, uses=("twin", "draw"))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of temporary files, which must be empty in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def line_of(found: CrossValidation, name: str) -> Line:
    (line,) = (line for line in found.lines if line.name == name)
    return line


def test_real_data_stands_first_then_twins_then_copies(found: CrossValidation) -> None:
    names = [line.name for line in found.lines]
    assert names == [
        "the other half",
        "other servers",
        "twin",
        "draw",
        "day blocks",
        "week blocks",
    ]
    assert line_of(found, "the other half").ratio == 1
    assert set(line_of(found, "the other half").groups.values()) == {1.0}


def test_each_half_of_a_twin_is_made_from_the_other_half(found: CrossValidation) -> None:
    """What differs between the halves differs between a twin and the half it is laid beside."""
    rows = {row.measure.name: row for row in found.comparison.outcomes[0].rows}
    assert rows["level"].floor > 0.5
    assert rows["level"].ratios == pytest.approx([1, 1], abs=0.1)


def test_a_twin_is_as_good_as_copies_and_copies_nothing(found: CrossValidation) -> None:
    twin, _draw, days, weeks = found.comparison.outcomes
    assert twin.ratio < 1.6
    assert not twin.copies
    for rival in (days, weeks):
        assert rival.is_rival
        assert "exact runs" in [row.measure.name for row in rival.copies]


def test_a_drawn_fleet_has_no_real_server_whose_path_it_could_go(found: CrossValidation) -> None:
    assert "own path" in line_of(found, "twin").told
    assert "own path" not in line_of(found, "draw").told
    assert {"classifier", "near copies", "exact runs"} <= set(line_of(found, "draw").told)


def test_servers_that_a_half_has_too_little_of_are_named(found: CrossValidation) -> None:
    assert len(found.left_out) == 1
    assert found.left_out[0].startswith("first half: s000 is left out: it has 10.")


def test_halves_are_fitted_as_asked(telemetry: Path, tmp_path: Path) -> None:
    dataset = NamedDataset.of(str(telemetry), telemetry)
    (window,) = windows([dataset], dataset.step_minutes, None, None)
    options: FitOptions = {
        "states": 2,
        "kinds": 1,
        "pool": True,
        "holidays": "DE",
        "timezone": "Europe/Berlin",
    }
    task = Task(telemetry, options, None, ("twin",))
    fitted = task.fitted(halves_of(dataset, window)[0], tmp_path, lambda _done, _all: None)
    assert fitted.left_out == ()
    config = load_config(fitted.config)
    assert config.calendar.holidays.country == "DE"
    assert config.fleet.region == {"Europe/Berlin": 1}


def test_all_figures_are_plain_data(found: CrossValidation) -> None:
    told = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert [line["name"] for line in told["summary"]] == [line.name for line in found.lines]
    assert told["summary"][2]["by_direction"] == pytest.approx(
        found.comparison.outcomes[0].by_direction, abs=1e-6
    )


def test_the_command_prints_one_table_and_writes_nothing(
    tmp_path: Path, temporary: Path, run: Run
) -> None:
    data = write_panel(tmp_path / "data", panel(2, DAYS))
    told = run("fit", str(data), "--test", "--states", "2", "--kinds", "2")
    assert told.returncode == 0, told.stderr
    assert "the other half  other servers  twin  day blocks  week blocks" in told.stdout
    assert "rest on 2 servers and 16 days a half; so few servers leave" in told.stdout
    assert "classifier (8 servers)" in told.stdout
    assert {each.name for each in tmp_path.iterdir()} == {data.name, temporary.name}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--out", "fleet.yaml"), "--out: expected none beside --test, which writes no files"),
        (("--keep-ids",), "--keep-ids: expected none beside --test, which writes no files"),
        (("--holidays", "Germany"), "--holidays: expected a country as DE or DE-BY"),
        (("--timezone", "Berlin"), "--timezone: expected a time zone such as Europe/Berlin"),
        (
            ("--to", "2024-01-20"),
            "expected at least 28 whole days, to fit one half and compare with the other, got 20",
        ),
    ],
)
@pytest.mark.usefixtures("temporary")
def test_what_cannot_be_tested_is_refused_in_one_line(
    telemetry: Path, run: Run, options: tuple[str, ...], said: str
) -> None:
    told = run("fit", str(telemetry), "--test", *options)
    assert told.returncode == 2
    assert said in told.stderr
    assert told.stderr.count("\n") == 1


@pytest.mark.parametrize("at", ["fitting", "building"])
@pytest.mark.usefixtures("temporary")
def test_nothing_is_left_of_a_test_that_is_stopped(telemetry: Path, at: str) -> None:
    def stop(what: str) -> None:
        if what.startswith(at):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cross_validate(telemetry, states=2, kinds=2, on_progress=stop)


def test_days_outside_the_window_do_not_count(telemetry: Path) -> None:
    with pytest.raises(RequestError, match="expected a whole day from 2025-01-01"):
        cross_validate(telemetry, first=date(2025, 1, 1))
