"""Servers that follow a zone's clock are fitted, and built, by its hours and days."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from capgen import fit, load_config, scan
from capgen.errors import RequestError
from capgen.layers.library.reading import read_library
from capgen.twins.fit.fit import FitResult
from tests.telemetry_datasets import write_telemetry

BERLIN = "Europe/Berlin"
LOCAL = pl.col("timestamp").dt.replace_time_zone("UTC").dt.convert_time_zone(BERLIN)
OFFICE = LOCAL.dt.hour().is_between(9, 16) & (LOCAL.dt.weekday() < 6)


def office_rows(servers: int = 3) -> pl.DataFrame:
    """Return rows of servers that are busy in the offices of Berlin; clocks change half-way."""
    stamps = pl.datetime_range(
        datetime(2024, 3, 3), datetime(2024, 4, 27, 23), "1h", time_unit="us"
    )
    names = pl.DataFrame({"server_id": [f"host-{number}" for number in range(servers)]})
    rows = names.join(pl.select(timestamp=stamps), how="cross")
    noise = pl.Series(np.random.default_rng(1).normal(0, 0.1, rows.height))
    return rows.with_columns(server_type=pl.lit("web"), cpu_p95=(1 + 2 * OFFICE + noise).exp())


@pytest.fixture(scope="module")
def telemetry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return telemetry that was loaded from exports in the time of Berlin."""
    return write_telemetry(tmp_path_factory.mktemp("data") / "data", office_rows(), zone=BERLIN)


@pytest.fixture(scope="module")
def fitted(telemetry: Path, tmp_path_factory: pytest.TempPathFactory) -> FitResult:
    return fit(telemetry, tmp_path_factory.mktemp("fit") / "fleet.yaml", states=2, kinds=1)


def busy_weekdays(result: FitResult) -> list[float]:
    """Return the chance of the upper state by hour of a weekday, mean over the servers."""
    library = read_library(result.library.read_bytes())
    chances: list[float] = library.numbers("chances")[:, 0, 0, :, 1].mean(axis=0).tolist()
    return chances


def test_hours_are_those_of_the_zone_that_exports_were_written_by(fitted: FitResult) -> None:
    wanted = [float(9 <= hour <= 16) for hour in range(24)]
    assert busy_weekdays(fitted) == pytest.approx(wanted, abs=0.06)
    assert any(f"3 with more cpu by day, 0 by night ({BERLIN})" in line for line in fitted.learnt)


def test_by_utc_clocks_that_change_smear_the_hours(telemetry: Path, tmp_path: Path) -> None:
    result = fit(telemetry, tmp_path / "fleet.yaml", states=2, kinds=1, timezone="UTC")
    chances = busy_weekdays(result)
    assert chances[7] == pytest.approx(0.5, abs=0.1)
    assert chances[15] == pytest.approx(0.5, abs=0.1)
    assert load_config(result.config).layers.local_time is None


def test_the_hour_that_a_clock_leaves_out_is_no_gap(fitted: FitResult) -> None:
    library = read_library(fitted.library.read_bytes())
    assert library.facts.fleet_gaps is None
    assert not library.columns["outages"][:, 0].any()
    assert not library.columns["missing"].any()


@pytest.mark.parametrize("day", ["2025-01-14", "2025-07-15"])
def test_the_twin_goes_to_the_office_in_winter_and_summer(fitted: FitResult, day: str) -> None:
    window = {"start_date": day, "end_date": day}
    twin = scan(load_config(fitted.config, overrides=window)).collect()
    agrees = twin.select((pl.col("cpu_p95") > np.exp(2)) == OFFICE).to_series()
    assert agrees.sum() > 0.9 * twin.height


def test_an_unknown_zone_is_refused(telemetry: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"--timezone: expected a time zone.*got 'Berlin'"):
        fit(telemetry, tmp_path / "fleet.yaml", timezone="Berlin")
