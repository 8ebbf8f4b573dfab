"""The dashboard of telemetry shows what was measured, and leaves out what needs a model."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import polars as pl
import pytest

from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.metric_column import MetricColumn
from capgen.dataset.telemetry_manifest import AccountLine, TelemetryManifest
from capgen.quality.check import check
from capgen.quality.outcome import Report
from capgen.quality.source import open_source
from capgen.report.captions import captions
from capgen.report.rows import chart_rows
from capgen.report.tables import read_tables
from tests.pages import page_of
from tests.telemetry_datasets import write_telemetry
from tests.telemetry_panels import panel_of, rows_of

METRICS = [
    MetricColumn(name="cpu", key="cpu", unit="percent", statistic="raw"),
    MetricColumn(name="net_mean", key="net", unit="Mbit/s", statistic="mean"),
]
LABELS = ("server_type", "rack_row")
ACCOUNT = [
    AccountLine(name="unit", about="cpu", count=0, says="largest of 8 values 97: percent"),
    AccountLine(name="jitter", about="", count=4_100, says="4,100 stamps were snapped"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = rows_of(panel_of(num_servers=8)).rename({"cpu_p95": "cpu", "net_in_p95": "net_mean"})
    late = (pl.col("server_id") != "server_003") | (pl.col("timestamp").dt.day() > 9)
    rack = pl.col("server_id").str.slice(-1).alias("rack_row")
    out = tmp_path_factory.mktemp("report") / "telemetry"
    write_telemetry(out, rows.filter(late).with_columns(rack), METRICS, labels=LABELS)
    manifest = read_any_manifest(out)
    assert isinstance(manifest, TelemetryManifest)
    manifest.model_copy(update={"account": ACCOUNT}).signed().write(out)
    return out


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return check(folder)


def test_the_page_shows_fleet_units_verdicts_and_account(folder: Path, report: Report) -> None:
    page = unescape(page_of(folder, "measured", "growth", "quality", checked=report))
    assert '<option value="0">cpu (percent, raw samples)</option>' in page
    assert '<option value="1">net_mean (Mbit/s)</option>' in page
    assert "servers by archetype" in page
    assert "servers by rack row" in page
    assert "2024-01-01 to 2024-01-28" in page
    assert "no ceiling; 95 % lie below" in page
    assert page.index("unit_range") < page.index("What loading found and did")
    assert page.index("4,100 stamps were snapped") < page.index("largest of 8 values 97: percent")


def test_charts_that_need_a_model_are_left_out(folder: Path, report: Report) -> None:
    pytest.importorskip("altair")
    from capgen.report.charts import Charts, shown_charts

    with open_source(folder, None) as source:
        tables = read_tables(source)
    rows = chart_rows(tables, report)
    words = captions(tables, report, rows)
    wanted = ["utilisation", "distribution", "rhythm", "growth", "quality"]
    assert shown_charts(tables) == wanted
    assert all(sorted(panels) == sorted(wanted) for panels in words.values())
    assert all(text.endswith(".") for each in words[""].values() for text in each)
    assert {row["what"] for row in rows["quality"]} == {"missing"}
    assert tables.ceilings == [100, None]
    charts = Charts(tables, rows)
    for chart in wanted:
        spec = charts.spec(chart, ink="black", font="sans-serif")
        assert json.dumps(spec["datasets"], allow_nan=False)


def test_each_server_counts_once_even_if_it_begins_late(folder: Path) -> None:
    with open_source(folder, None) as source:
        fleet = read_tables(source).fleet
    of_types = fleet.filter(pl.col("attribute") == "archetype")
    assert of_types["servers"].sum() == 8
