"""Days given from today are dates everywhere else: in configuration, digest and manifest."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from capgen import ConfigError, load_config
from capgen.cli.app import main
from capgen.config import model_digest, relative_days
from tests.conftest import make_config

TODAY = date(2024, 2, 29)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relative_days, "today", lambda: TODAY)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2024-02-29"),
        ("yesterday", "2024-02-28"),
        ("tomorrow", "2024-03-01"),
        ("-90d", "2023-12-01"),
        ("+30d", "2024-03-30"),
        ("-12w", "2023-12-07"),
    ],
)
@pytest.mark.parametrize("source", ["flag", "file", "variable"])
def test_days_from_today(text: str, day: str, source: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"end_date: {text}\n" if source == "file" else "")
    variables = {"CF_DATA_END_DATE": text} if source == "variable" else {}
    flags = {"end_date": text} if source == "flag" else {}
    config = load_config(file, environment=variables, overrides=flags)
    assert str(config.end_date) == day


def test_the_digest_sees_dates() -> None:
    dates = make_config(start_date="2023-12-01", end_date="2024-02-29")
    assert make_config(start_date="-90d", end_date="today") == dates
    assert model_digest(make_config(start_date="-90d", end_date="today")) == model_digest(dates)


def test_the_manifest_has_dates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["build", "--servers", "3", "--start-date", "-3d", "--end-date", "today"]) == 0
    config = json.loads((tmp_path / "data/_capgen/manifest.json").read_text())["config"]
    assert (config["start_date"], config["end_date"]) == ("2024-02-26", "2024-02-29")


def test_years_count_from_such_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "show", "--start-date", "yesterday", "--years", "1", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["start_date"] == {"value": "2024-02-28", "source": "--start-date"}
    assert shown["end_date"]["value"] == "2025-02-27"


@pytest.mark.parametrize("text", ["soon", "-90", "90d", "-3m", "-999999w", "Today", "- 3d"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(
        ConfigError, match="start_date: expected a date as YYYY-MM-DD, today, or days or weeks"
    ):
        make_config(start_date=text)
