"""Holidays decide cells: a dataset keeps the days of its build, whatever library comes later."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import holidays
import pytest

import capgen
from capgen import Config, RequestError, build, check, repair, scan
from capgen.cli.app import main
from capgen.config import config_digest, model_digest
from capgen.config.holiday_days import with_days
from capgen.dataset.manifest import read_manifest
from capgen.settings.holidays import Holidays
from capgen.timeline import holiday_library
from capgen.timeline.federal_days import federal_days
from capgen.timeline.holiday_library import library_days
from tests.checking import check_only
from tests.conftest import made_once, make_config

HOLI = date(2024, 3, 25)
DIWALI = date(2024, 10, 31)
INDIA = {
    "num_servers": 4,
    "start_date": "2024-01-01",
    "end_date": "2024-12-31",
    "growth": {"trend": "monthly"},
    "calendar": {
        "holidays": {"country": "IN"},
        "holiday_effect": {"factor": 0.2, "shoulder_days": 1, "shoulder_factor": 0.6},
    },
}
Library = Callable[[str], None]


def india(**changes: Any) -> Config:
    return make_config(**{**INDIA, **changes})


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """Install another version of the library: the older lacks Holi and has Diwali a day later."""
    real = holidays.country_holidays

    def older(country: str, **options: Any) -> Any:
        found = real(country, **options)
        if country == "IN" and options.get("years") == 2024:
            found.pop(HOLI, None)
            found.pop(DIWALI, None)
            found[date(2024, 11, 1)] = "Diwali"
        return found

    def install(version: str) -> None:
        monkeypatch.setattr(
            holiday_library, "country_holidays", older if version == "older" else real
        )
        holiday_library._asked.cache_clear()

    yield install
    install("today's")


@pytest.fixture
def dataset(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, library: Library) -> Path:
    """Return a dataset that the older library decided, with today's installed now."""

    def make(folder: Path) -> None:
        library("older")
        build(india(), folder / "data")
        library("today's")

    made = made_once(tmp_path_factory, "older holidays", make)
    return Path(shutil.copytree(made / "data", tmp_path / "data"))


def flagged(folder: Path) -> set[date]:
    rows = capgen.open(folder).sql(
        "select distinct timestamp::date as day from panel where is_holiday = 1"
    )
    return set(rows["day"])


def test_a_dataset_agrees_with_itself_under_another_library(dataset: Path) -> None:
    assert HOLI not in flagged(dataset)
    assert check(dataset).passed
    assert main(["verify", str(dataset)]) == 0


def test_repair_remakes_what_was_there(dataset: Path) -> None:
    lost = dataset / read_manifest(dataset).files[0].path
    content = lost.read_bytes()
    lost.unlink()
    assert repair(dataset) == [str(lost.relative_to(dataset))]
    assert lost.read_bytes() == content


def test_the_manifest_gives_a_configuration_of_its_days(dataset: Path) -> None:
    config = read_manifest(dataset).load_config()
    columns = ["server_id", "timestamp", "cpu_p95", "is_holiday"]
    key = columns[:2]
    made = capgen.scan(config).select(columns).sort(key).collect()
    assert made.equals(capgen.open(dataset).scan().select(columns).sort(key).collect())
    assert not made.equals(capgen.scan(india()).select(columns).sort(key).collect())
    assert model_digest(config) == read_manifest(dataset).model_digest


def test_a_build_goes_on_with_the_days_that_are_there(dataset: Path) -> None:
    before = read_manifest(dataset)
    result = build(india(end_date="2025-12-31"), dataset)
    assert result.kept_files == len(before.files)
    assert HOLI not in flagged(dataset)
    assert date(2025, 3, 14) in flagged(dataset)  # Holi of the year after, by the library of today
    assert check_only({"calendar", "remade"}, dataset).passed
    assert build(india(end_date="2025-12-31"), dataset).kept_files == result.files


def test_overwriting_takes_the_days_of_today(dataset: Path) -> None:
    build(india(), dataset, overwrite=True)
    assert HOLI in flagged(dataset)
    assert read_manifest(dataset).model_digest == model_digest(india())


def test_a_panel_with_days_of_its_own_asks_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    config = with_days(make_config(num_servers=4, start_date="2033-03-01", end_date="2033-05-31"))

    def unknown(*_arguments: object, **_options: object) -> None:
        raise NotImplementedError

    holiday_library._asked.cache_clear()
    monkeypatch.setattr(holiday_library, "country_holidays", unknown)
    flagged_days = scan(config).filter(is_holiday=1).select("timestamp").unique().collect()
    assert flagged_days["timestamp"].dt.date().to_list() == [date(2033, 5, 30)]


def test_a_configuration_with_days_of_its_own_does_not_take_others(
    dataset: Path, tmp_path: Path
) -> None:
    build(india(), tmp_path / "new")
    mine = read_manifest(tmp_path / "new").load_config()
    with pytest.raises(
        RequestError,
        match=r"other holidays of IN observed \(2024-03-25 and 2 more\); add --overwrite",
    ):
        build(mine, dataset)


def test_an_interrupted_build_goes_on_with_its_days(tmp_path: Path, library: Library) -> None:
    class StopError(Exception):
        pass

    def stop(rows: int) -> None:
        if rows:
            raise StopError

    library("older")
    with pytest.raises(StopError):
        build(india(), tmp_path / "data", workers=1, on_rows=stop)
    library("today's")
    build(india(), tmp_path / "data")
    assert HOLI not in flagged(tmp_path / "data")


def test_check_of_a_configuration_file_takes_the_days_of_the_manifest(
    dataset: Path, tmp_path: Path
) -> None:
    file = tmp_path / "india.yaml"
    file.write_text(json.dumps(INDIA))
    assert check(dataset, file).passed


def test_the_model_digest_tells_days_apart(library: Library) -> None:
    digest = model_digest(india())
    library("older")
    assert model_digest(india()) != digest
    assert config_digest(india()) == config_digest(make_config(**INDIA))


@pytest.mark.parametrize(
    ("preset", "digest"), [("default", "3e38bbc3f2ca4e6d"), ("telemetry", "4d702088c69072eb")]
)
def test_digests_of_the_presets_are_those_that_are_cited(preset: str, digest: str) -> None:
    assert model_digest(capgen.load_config(preset=preset, environment={})).startswith(digest)


def test_federal_days_are_those_of_the_library() -> None:
    first = date(1979, 1, 1)
    last = date(2099, 12, 31)
    assert federal_days(first, last) == tuple(
        library_days(Holidays(country="US", observed=True), first, last)
    )


def test_a_manifest_of_an_earlier_version_still_loads(dataset: Path) -> None:
    file = dataset / "_capgen/manifest.json"
    older = json.loads(file.read_text())
    for key in ("holiday_days", "model_digest", "manifest_digest"):
        del older[key]
    file.write_text(json.dumps(older))
    file.write_text(json.dumps({**older, "manifest_digest": _own_digest(dataset)}))
    manifest = read_manifest(dataset)
    assert manifest.load_config() == india()
    assert manifest.config_digest[:16] in manifest.citation
    assert build(india(), dataset).kept_files == len(manifest.files)


def _own_digest(folder: Path) -> str:
    """Return what an earlier version put into a manifest of just these keys."""
    from capgen.dataset import manifest

    text = (folder / "_capgen/manifest.json").read_text()
    return manifest.Manifest.model_validate_json(text).own_digest


def test_a_build_says_where_the_library_differs(dataset: Path) -> None:
    notes: list[str] = []
    build(india(), dataset, on_note=notes.append)
    (line,) = notes
    assert line.startswith(f"{dataset}: keeps its holidays; holidays 0.")
    assert line.endswith(
        "has others of IN observed (2024-03-25 and 2 more); --overwrite takes these"
    )


OF_1999 = {"start_date": "1999-12-25", "end_date": "2001-01-05"}


def test_years_that_nobody_knows_are_refused_where_they_decide_values() -> None:
    with pytest.raises(RequestError) as refused:
        india(**OF_1999)
    assert str(refused.value) == (
        "calendar.holidays: expected years whose holidays the library knows, "
        "got 1999 to 2000, of which it does "
        "not know all of IN observed"
    )


def test_years_that_nobody_knows_are_said_where_they_decide_a_flag(
    capsys: pytest.CaptureFixture[str],
) -> None:
    window = ["--start-date", "1999-12-01", "--end-date", "2001-01-31"]
    assert main(["config", "show", *window, "--set", "calendar.holidays.country=IN"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("note: calendar.holidays: ")
    assert "got 1999 to 2000" in line


def test_a_dataset_of_unknown_years_still_loads(dataset: Path) -> None:
    early = make_config(**OF_1999, calendar={"holidays": {"country": "IN"}})
    config = early.model_copy(update={"calendar": india().calendar})
    build(config, dataset, overwrite=True)
    manifest = read_manifest(dataset)
    assert manifest.resolve().config == manifest.load_config()
