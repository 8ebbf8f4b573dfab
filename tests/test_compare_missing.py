"""`compare` of panels in which some servers, or all, have no values of a metric."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from capgen import RequestError, compare
from capgen.twins.compare import classifier
from capgen.twins.compare.comparison import Comparison
from capgen.twins.compare.hashing import halved
from capgen.twins.compare.setting import Setting
from capgen.twins.compare.sketch import sketch
from capgen.twins.compare.window import Integers
from tests.compare_panels import METRICS, panel, tell_weeks_apart_in_no_time, write_panel
from tests.estimates import Floats

MEM = METRICS.index("mem")
COPIES = {"near copies", "exact runs", "own path"}


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "has_boosting", lambda: False)
    tell_weeks_apart_in_no_time(monkeypatch)


def compared(room: Path, reference: Floats, *candidates: Floats) -> Comparison:
    folders = [room / f"{number}" for number in range(1 + len(candidates))]
    for folder, values in zip(folders, (reference, *candidates), strict=True):
        write_panel(folder, values)
    return compare(*folders)


def without(
    values: Floats, metric: int, servers: slice | Integers, hours: slice = slice(None)
) -> Floats:
    changed = values.copy()
    changed[metric, servers, hours] = np.nan
    return changed


@pytest.mark.parametrize("hours", [slice(None), slice(None, 14 * 24)], ids=["all", "half"])
@pytest.mark.parametrize("which", [0, 1], ids=["reference", "candidate"])
def test_a_metric_that_a_side_has_no_value_of_is_left_out_and_named(
    which: int, hours: slice, tmp_path: Path
) -> None:
    panels = [panel(), panel(seed=8)]
    panels[which] = without(panels[which], MEM, slice(None), hours)
    found = compared(tmp_path, *panels)
    (note,) = found.notes
    assert note.endswith(f"mem_p95 of {tmp_path / str(which)} (no value on a side)")
    assert not [line for line in found.outcomes[0].lines if "mem" in line.fact.subject]
    assert {"classifier", *COPIES} <= {row.measure.name for row in found.outcomes[0].rows}


def test_where_no_metric_has_values_on_both_sides_nothing_is_compared(tmp_path: Path) -> None:
    candidate = panel().copy()
    candidate[..., : 14 * 24] = np.nan
    candidate[:, 0, 0] = 1
    candidate[:, 0, 14 * 24 :] = 1
    compared(tmp_path / "some", panel(), candidate)
    candidate[:, 0, 0] = np.nan
    with pytest.raises(RequestError, match="metrics: expected one with values on both sides"):
        compared(tmp_path / "none", panel(), candidate)


def test_copies_are_found_where_each_server_lacks_a_metric(tmp_path: Path) -> None:
    first = without(panel(), 0, slice(None, 5))
    lacking = without(first, MEM, slice(5, None))
    found = compared(tmp_path, lacking, lacking)
    assert {row.measure.name for row in found.outcomes[0].copies} == COPIES


def test_a_page_shows_a_metric_that_the_first_servers_lack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capgen.twins.compare.panel._ROWS_AT_ONCE", 1)
    reference = write_panel(tmp_path / "reference", without(panel(), MEM, slice(None, 3)))
    candidate = write_panel(tmp_path / "candidate", panel(seed=8))
    setting = Setting.of(reference, [candidate], None, None, None, None)
    values = sketch(setting.panels).values.filter(metric="mem")
    assert values.group_by("panel").len()["len"].to_list() == [40, 40]
    assert values["value"].is_finite().all()


def test_what_other_servers_do_not_have_is_not_measured_of_them(tmp_path: Path) -> None:
    servers = [f"s{number:03}" for number in range(10)]
    is_in_half = np.array(halved(servers))
    half = np.flatnonzero(is_in_half)
    panels = [without(panel(seed=seed), MEM, np.flatnonzero(~is_in_half)) for seed in (5, 8)]
    found = compared(tmp_path, *panels)
    figures = [row.other_servers for row in found.outcomes[0].rows]
    assert all(figure is None or np.isfinite(figure) for figure in figures)
    assert "level of mem" in {line.fact.text for line in found.outcomes[0].lines}
    # A side of servers that have next to no values has no whole week to tell apart.
    short = [panel(seed=seed).copy() for seed in (5, 8)]
    for values in short:
        values[:, half, ::4] = np.nan
    row = {each.measure.name: each for each in compared(tmp_path / "s", *short).outcomes[0].rows}
    assert row["classifier"].other_servers is None
