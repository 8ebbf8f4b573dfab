"""What detectors are handed: labels of what was done to the values, the clean part first."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import capgen
from capgen.cli.app import main
from tests.conftest import BuildOnce

EVENTS = {
    "listed": {
        "rush": {
            "type": "surge",
            "server_type": "web",
            "start": "2024-03-02 06:00",
            "end": "2024-03-02 09:00",
            "magnitude": 1.5,
            "metrics": ["cpu"],
        }
    }
}
RUSH = pl.datetime_range(
    pl.datetime(2024, 3, 2, 6), pl.datetime(2024, 3, 2, 8), "1h", eager=True
).to_list()


@pytest.fixture(scope="module")
def built(build_once: BuildOnce) -> Path:
    return build_once(
        num_servers=3,
        granularity="hourly",
        start_date="2024-03-01",
        end_date="2024-03-04",
        truth=True,
        metrics={"cpu": {"clip": [0, 1000]}},
        fleet={"server_id_format": "host-{index}"},
        layers={
            "events": EVENTS,
            "missing": {"share": {"cpu": 0.1}},
            "outliers": {"mem": {"probability": 0.02, "magnitude": 1.5}},
        },
    )


def panel(built: Path) -> pl.DataFrame:
    return capgen.scan(built).sort("server_id", "timestamp").collect()


def test_tsb_ad_reads_the_clean_part_and_the_first_anomaly_from_the_name(
    built: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = capgen.hand_over(built, "tsb-ad", out, metrics=["cpu"], anomalies=["events"])
    (path,) = out.glob("*.csv")
    rows = panel(built).filter(pl.col("server_id") == "host-0").drop_nulls("cpu_p95")
    is_rush = rows["timestamp"].is_in(RUSH)
    first = is_rush.arg_max()
    assert path.name == f"001_capgen_id_1_host-0_tr_{first}_1st_{first}.csv"
    written = pl.read_csv(path)
    assert written.columns == ["Data", "Label"]
    assert written["Data"].equals(rows["cpu_p95"].alias("Data"))
    assert written["Label"].to_list() == is_rush.cast(pl.Int64).to_list()
    assert result.notes == ("left out, no anomaly: host-1, host-2",)


def test_each_metric_has_the_labels_that_are_its_own(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["--for=timeeval", "--metrics=mem", f"--out={out}"]
    assert main(["export", str(built), *arguments]) == 0  # events and outliers
    index = json.loads((out / "datasets.json").read_text())
    for server, paths in index.items():
        rows = panel(built).filter(pl.col("server_id") == server)
        train, test = (pl.read_csv(out / paths[f"{part}_path"]) for part in ("train", "test"))
        both = pl.concat([train, test])
        assert both.columns == ["timestamp", "mem_p95", "is_anomaly"]
        assert both["mem_p95"].equals(rows["mem_p95"])
        is_outlier = rows["outlier_metrics"].cast(pl.String) == "mem_p95"
        assert both["is_anomaly"].to_list() == is_outlier.fill_null(value=False).to_list()
        assert train["is_anomaly"].sum() == 0
        assert test["is_anomaly"][0] == 1
        assert paths["period"] == 24
    assert index


def test_several_metrics_are_one_series_and_a_cut_shortens_the_train_part(
    built: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    capgen.hand_over(
        built,
        "tsb-ad",
        out,
        metrics=["cpu", "net_in"],
        anomalies=["events", "spikes"],
        until="2024-03-01 02:00",
        rows=96,
    )
    (path,) = out.glob("*.csv")
    rows = panel(built).head(96).drop_nulls(["cpu_p95", "net_in_p95"])
    written = pl.read_csv(path)
    assert written.columns == ["cpu_p95", "net_in_p95", "Label"]
    is_anomaly = rows["timestamp"].is_in(RUSH) | (rows["is_spike"] == 1)
    assert written["Label"].to_list() == is_anomaly.to_list()
    train = int((rows["timestamp"].dt.hour() < 2)[:3].sum())
    assert path.name.split("_")[-3:] == [str(train), "1st", f"{is_anomaly.arg_max()}.csv"]


def test_data_without_a_truth_is_refused(
    build_once: BuildOnce, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = build_once(num_servers=3, start_date="2024-02-27", end_date="2024-03-08")
    for name in ("tsb-ad", "timeeval"):
        assert main(["export", str(plain), f"--for={name}", f"--out={tmp_path / 'out'}"]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "--truth" in error
    assert list(tmp_path.iterdir()) == []


def test_no_anomaly_at_all_is_said(built: Path, tmp_path: Path) -> None:
    with pytest.raises(capgen.RequestError, match="found none"):
        capgen.hand_over(built, "tsb-ad", tmp_path / "out", metrics=["disk"], anomalies=["events"])
    assert list(tmp_path.iterdir()) == []
