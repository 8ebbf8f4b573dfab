"""The library: servers are like their rows, whatever the window, and a dataset keeps its copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from capgen import Config, build, check, extend, load_config, plan, query, repair, verify
from capgen.config import config_digest, model_digest
from capgen.config.portable import portable_text
from capgen.dataset.manifest import read_manifest
from capgen.errors import CapgenError, ConfigError
from capgen.layers.library.schema import ZERO
from capgen.layers.library.similar import similar_rows
from capgen.layers.library.writing import library_bytes
from capgen.panel.chunks import cut, partitions
from capgen.panel.fleet import archetype_counts
from capgen.panel.frame import panel_of
from capgen.quality.expected.missing import implied_missing
from capgen.quality.findings import Verdict
from capgen.storage.layout import LIBRARY
from tests.conftest import Run, examples
from tests.everything import LAYERS
from tests.libraries import FACTS, make_library
from tests.panels import merged, sorted_scan
from tests.test_dynamics_states import ZONES

WEB = {"server_type": "web"}
KEYS = ["server_id", "timestamp"]
WITH_HOLIDAYS = FACTS.model_copy(update={"days": 8})
ONE_TYPE = {
    name: {"share": float(name == "web")} for name in ("web", "application", "database", "batch")
}
USES: dict[str, dict[str, Any]] = {
    "twin": {"use": "twin"},
    "draw": {"use": "draw", "hour_shift": 3, "level": {"cpu": 1.3}},
    "borrow": {"use": "borrow", "hour_shift": 2, "similar": 3},
}
WINDOWS = {
    "hourly": (date(2023, 12, 27), date(2024, 1, 8)),
    "5min": (date(2024, 2, 29), date(2024, 3, 1)),
    "daily": (date(2023, 12, 15), date(2024, 1, 31)),
}
# With these on top, every layer that can stand beside a library does.
OTHERS: dict[str, Any] = {
    "growth": {"trend": "monthly", "origin": "2022-01-01"},
    "layers": {
        "local_time": {"zones": ZONES, "holidays": {"EU": {"country": "DE", "observed": True}}},
        "shared_movement": {"app": {"noise": 0.2, "states": 0.1}, "fleet": {"noise": 0.1}},
        "changes": {"more": {"start": "2024-01-02", "factor": {"cpu": 1.2}}},
        "outliers": {"cpu": {"probability": 0.01}},
        "server_offset": {"sd": {"mem": 0.1}},
    },
}


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the library `fleet.library.parquet`."""
    place = tmp_path_factory.mktemp("library")
    (place / NAME).write_bytes(library_bytes(make_library(12, WITH_HOLIDAYS)))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        yield place


NAME = "fleet.library.parquet"


def library_config(use: str = "draw", step: str = "hourly", **overrides: Any) -> Config:
    first, last = WINDOWS[step]
    values = {
        "num_servers": 9,
        "start_date": str(first),
        "end_date": str(last),
        "granularity": step,
        "truth": True,
        "archetypes": ONE_TYPE,
        "layers": {"library": {"file": NAME, **USES[use]}},
    }
    return load_config(overrides=merged(merged(values, OTHERS), overrides), environment={})


# All others that can stand beside it.
MORE: dict[str, Any] = {
    "layers": {
        **{name: LAYERS[name] for name in ("events", "server_life", "annual_season", "missing")},
        "server_growth": {"sd_percent_per_month": 2.0},
        "resolution": {"net_out": 5},
    }
}
cases = st.sampled_from([("twin", "hourly"), ("draw", "5min"), ("borrow", "daily")])
WHOLE: dict[tuple[str, str], pl.DataFrame] = {}


def whole(case: tuple[str, str]) -> pl.DataFrame:
    if case not in WHOLE:
        WHOLE[case] = sorted_scan(library_config(case[0], case[1], **MORE))
    return WHOLE[case]


@given(case=cases, data=st.data())
@examples(0.6)
def test_any_window_and_any_other_servers(case: tuple[str, str], data: st.DataObject) -> None:
    first, last = WINDOWS[case[1]]
    start = data.draw(st.dates(first, last), label="start")
    end = data.draw(st.dates(start, last), label="end")
    servers = data.draw(st.integers(1, 9), label="servers")
    window: dict[str, Any] = {"start_date": str(start), "end_date": str(end)}
    part = sorted_scan(library_config(case[0], case[1], num_servers=servers, **window, **MORE))
    inside = pl.col("timestamp").is_between(start, end + timedelta(days=1), closed="left")
    same = whole(case).filter(inside, pl.col("server_id").is_in(part["server_id"].unique()))
    assert_frame_equal(part, same, check_exact=True)


@given(case=cases, rows=st.integers(1, 20_000), data=st.data())
@examples(0.6)
def test_any_chunks_and_any_columns(case: tuple[str, str], rows: int, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(whole(case).columns), min_size=1, unique=True))
    config = library_config(case[0], case[1], **MORE)
    panel = panel_of(config)
    chunks = [
        chunk
        for partition in partitions(panel.axis, archetype_counts(config))
        for chunk in cut(panel.axis, partition.whole, max(rows, partition.rows // 10))
    ]
    pieces = [panel.cells(each, panel.servers(each), [*names, *KEYS]) for each in chunks]
    together = pl.concat(pieces).sort(KEYS)
    assert_frame_equal(together.select(names), whole(case).select(names), check_exact=True)


def test_a_twin_takes_the_rows_in_order_and_the_others_by_their_ids() -> None:
    levels = make_library(12, WITH_HOLIDAYS).numbers("levels")[:, 0]
    config = library_config("twin", num_servers=12)
    panel = panel_of(config)
    (servers,) = [each for each in panel.fleets.values() if each.height]
    assert servers["own.base.cpu"].to_list() == levels.tolist()
    more = library_config("draw", num_servers=200)
    panel = panel_of(more)
    servers = panel.fleets["web"]
    # Rows of the type web are there, so that no server of that type takes another.
    assert set(servers["library.row"]) == {0.0, 2.0, 4.0, 6.0, 8.0, 10.0}
    assert set(servers["library.shift"]) == set(range(-3, 4))
    drawn = dict(servers.select("server_id", "library.row").iter_rows())
    assert drawn["server_007"] == drawn.get("server_007")


def test_a_what_if_moves_levels_alone() -> None:
    few: dict[str, Any] = {"num_servers": 3, "start_date": "2024-01-01"}
    usual = sorted_scan(library_config("twin", layers={"library": {"gaps": False}}, **few))
    more = {"library": {"gaps": False, "level": {"cpu": 1.3}}}
    changed = sorted_scan(library_config("twin", layers=more, **few))
    ratio = changed["cpu_p95_expected"] / usual["cpu_p95_expected"]
    assert ratio.drop_nans().is_between(1.2999, 1.3001).all()
    assert changed["mem_p95"].equals(usual["mem_p95"])
    assert changed["state"].equals(usual["state"])


def test_where_takes_rows_with_a_label() -> None:
    config = library_config("draw", layers={"library": {"where": {"server_type": "batch"}}})
    panel = panel_of(config)
    assert set(panel.fleets["web"]["library.row"]) <= {1.0, 3.0, 5.0, 7.0, 9.0, 11.0}


def test_rows_are_dealt_out_before_any_comes_again() -> None:
    one_type: dict[str, Any] = {"num_servers": 24, "archetypes": ONE_TYPE}
    config = library_config("draw", layers={"library": {"where": WEB}}, **one_type)
    panel = panel_of(config)
    rows = panel.fleets["web"]["library.row"].to_list()
    for first in range(0, 24, 6):
        assert sorted(rows[first : first + 6]) == [0, 2, 4, 6, 8, 10]
    assert rows[:6] != rows[6:12]
    panel = panel_of(library_config("draw", num_servers=7, archetypes=ONE_TYPE))
    some = panel.fleets["web"]["library.row"].to_list()
    panel = panel_of(library_config("draw", **one_type))
    assert panel.fleets["web"]["library.row"].to_list()[:7] == some


@examples(4)
@given(st.integers(1, 40), st.integers(1, 50))
def test_rows_that_are_alike_form_parts_of_nearly_one_size(count: int, wanted: int) -> None:
    library = make_library(count)
    every = np.arange(count)
    found = similar_rows(library, every, every, wanted)
    for row, others in zip(every.tolist(), found, strict=True):
        assert row in others
        assert all(found[other] is others for other in others.tolist())
    sizes = {len(others) for others in found}
    assert max(sizes) - min(sizes) <= 1 or min(sizes) >= wanted / 2
    assert len(found[0]) == count or max(sizes) <= 2 * wanted


def test_borrowed_servers_are_whole_rows_at_other_levels() -> None:
    panel = panel_of(library_config("borrow", num_servers=60))
    servers = panel.fleets["web"]
    rows = servers["library.row"].cast(pl.Int64)
    assert rows.n_unique() == 6
    levels = make_library(12, WITH_HOLIDAYS).numbers("levels")[rows.to_numpy(), 0]
    ratios = servers["own.base.cpu"].to_numpy() / levels
    assert (abs(ratios - 1) > 0.01).mean() > 0.8
    assert 0.2 < ratios.min() < ratios.max() < 5


def test_a_row_without_values_of_a_metric_lends_it_no_level(folder: Path) -> None:
    library = make_library(12, levels=50)
    library.columns["quantiles"][:6, 1] = ZERO
    library.columns["levels"][:6, 1] = 1  # as a fit has it
    (folder / "lacking.parquet").write_bytes(library_bytes(library))
    use = {"library": {"file": "lacking.parquet", "use": "borrow", "similar": 6}}
    (servers,) = panel_of(library_config(num_servers=60, layers=use)).fleets.values()
    own = servers["own.base.mem"].filter(servers["library.row"] >= 6).to_numpy()
    assert own.size == 30
    assert 25 < own.min() < own.max() < 100


def test_the_digest_is_that_of_the_library_wherever_it_lies(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    moved = folder / "elsewhere" / "other.name"
    shutil.copy(folder / NAME, moved)
    (folder / "other.parquet").write_bytes(library_bytes(make_library(12, WITH_HOLIDAYS, seed=2)))
    usual, same, other = (
        library_config(layers={"library": {"file": str(each)}})
        for each in (NAME, moved, folder / "other.parquet")
    )
    assert config_digest(usual) == config_digest(same)
    assert model_digest(usual) != model_digest(other)
    (folder / "elsewhere" / "fleet.yaml").write_text(
        "layers: {library: {file: other.name, use: draw}}"
    )
    from_file = load_config(folder / "elsewhere" / "fleet.yaml", environment={})
    assert from_file.layers.library is not None
    assert usual.layers.library is not None
    assert from_file.layers.library.sha256 == usual.layers.library.sha256


def test_a_dataset_works_without_the_original(folder: Path, tmp_path: Path) -> None:
    original = folder / "passing.parquet"
    shutil.copy(folder / NAME, original)
    data = tmp_path / "data"
    few: dict[str, Any] = {"num_servers": 3, "start_date": "2024-01-01"}
    config = library_config("twin", layers={"library": {"file": str(original)}}, **few)
    build(config, data)
    original.unlink()
    assert (data / LIBRARY).read_bytes() == (folder / NAME).read_bytes()
    assert not any(path.suffix == ".parquet" for path in (data / LIBRARY).parent.iterdir())
    assert str(folder) not in (data / "_capgen/manifest.json").read_text()
    assert verify(data).passed
    before = read_manifest(data).content_digest
    next(data.rglob("*.parquet")).unlink()
    repair(data)
    assert read_manifest(data).content_digest == before
    extend(data, "2024-01-10")
    kept = pl.scan_parquet(data / "**/*.parquet", hive_partitioning=True).collect()
    assert kept["timestamp"].max().date() == date(2024, 1, 10)  # type: ignore[union-attr]
    part = sorted_scan(library_config("twin", **few))
    columns = ["server_id", "timestamp", "cpu_p95", "state"]
    inside = kept.sort(KEYS).filter(pl.col("timestamp") < pl.lit(date(2024, 1, 9))).select(columns)
    assert_frame_equal(
        inside, part.select(columns), check_exact=True, check_dtypes=False, categorical_as_str=True
    )


def test_a_configuration_carries_its_library(folder: Path) -> None:
    """What runs elsewhere, such as a worker of Ray, needs no file."""
    passing = folder / "carried.parquet"
    shutil.copy(folder / NAME, passing)
    layers = {"library": {"file": str(passing)}}
    config = library_config("twin", layers=layers, end_date="2023-12-28", num_servers=2)
    text = portable_text(config)
    passing.unlink()
    carried = Config.model_validate_json(text)
    assert config_digest(carried) == config_digest(config)
    assert_frame_equal(sorted_scan(carried), sorted_scan(config), check_exact=True)


def test_missing_values_are_expected_as_the_rows_of_the_servers_say() -> None:
    config = library_config("twin", num_servers=5)
    shares = make_library(12, WITH_HOLIDAYS).numbers("missing")[:5]
    implied = implied_missing(config)
    assert implied.share["cpu_p95"] == pytest.approx(shares[:, 0].mean())
    assert implied.share["net_out_p95"] == 0
    no_gaps = implied_missing(config.clean_twin())
    assert (no_gaps.gone, set(no_gaps.share.values())) == (0, {0.0})


def test_a_dataset_says_so_where_its_copy_is_damaged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    build(library_config("twin", num_servers=2), data)
    (data / LIBRARY).write_bytes(b"else")
    with pytest.raises(CapgenError, match="expected the library with SHA-256") as refused:
        repair(data)
    assert "\n" not in str(refused.value)


def test_asking_planning_and_checking(tmp_path: Path) -> None:
    days = {"start_date": "2024-01-01", "end_date": "2024-01-14"}
    config = library_config("twin", num_servers=3, **days)
    assert plan(config).rows == 3 * 14 * 24
    (mean,) = query("select avg(cpu_p95) from panel", config=config).row(0)
    assert mean > 0
    build(config, tmp_path / "data")
    assert check(tmp_path / "data").names(Verdict.FAIL) == []


@pytest.mark.parametrize(
    ("library", "expected"),
    [
        ({"file": "nowhere.parquet"}, "expected the file of a library, found none at nowhere"),
        ({"file": "."}, "expected the file of a library, found none at ."),
        ({"file": None}, "expected the file of a library, got none"),
        ({"sha256": "0" * 64}, "expected the library with SHA-256 0000"),
        ({"use": "mixed"}, "layers.library.use: expected 'twin', 'draw' or 'borrow'"),
        ({"where": {"colour": "red"}}, "layers.library.where: expected one of server_type"),
        ({"where": {"server_type": "cache"}}, "expected rows that have these labels, got none"),
        ({"level": {"gpu": 2}}, "layers.library.level: expected one of cpu"),
        ({"use": "twin", "where": {"server_type": "web"}}, "expected at most 6, the rows"),
    ],
)
def test_a_use_that_cannot_be_is_refused(library: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigError) as refused:
        library_config("draw", layers={"library": library})
    assert expected in str(refused.value)


def test_what_a_library_stands_in_for_is_refused_beside_it() -> None:
    regimes = {"states": {"one": {"chances": {"weekday": 1}}}}
    with pytest.raises(ConfigError) as refused:
        library_config("draw", archetypes={"web": {"regimes": regimes}})
    assert str(refused.value) == (
        "archetypes.web.regimes: expected none beside layers.library, which stands in for it; "
        "take it away with --set archetypes.web.regimes=null"
    )


def test_a_library_of_other_metrics_is_refused() -> None:
    metrics = {"metrics": {"net_out": {"derived": None}}}
    own = {"archetypes": {"web": {"base": {"net_out": 1}, "sd": {"net_out": 1}}}}
    with pytest.raises(ConfigError, match="got a library of cpu, mem, disk, net_in"):
        library_config("draw", **merged(metrics, own))


def test_a_hostile_library_ends_a_build_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(library_bytes(make_library())[:-99])
    result = run("build", "--set", "layers.library.file=bad.parquet", "--out", "data")
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "layers.library: expected a library, got a file that cannot be read" in result.stderr
    assert not (tmp_path / "data").exists()
