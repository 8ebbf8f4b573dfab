"""Outliers and dips come as often and as large as configured, metric by metric."""

from __future__ import annotations

from tests.estimates import check_share
from tests.panels import sorted_scan, web_config


def test_outliers_and_dips_have_their_shares_and_magnitudes() -> None:
    wanted = {"probability": 0.02, "magnitude": 1.6, "dip_probability": 0.01, "dip_magnitude": 0.2}
    config = web_config(100, ("2023-01-01", "2023-12-31"), layers={"outliers": {"cpu": wanted}})
    panel = sorted_scan(config)
    clean = sorted_scan(config.clean_twin())
    ratio = (panel["cpu_p95"] / clean["cpu_p95"]).round(6)
    for factor, share in ((1.6, 0.02), (0.2, 0.01), (1.0, 0.97)):
        check_share((ratio == factor).sum(), panel.height, share)
    assert set(ratio) == {0.2, 1.0, 1.6}
    assert ((ratio != 1) == (panel["is_outlier"] == 1)).all()


def test_outliers_of_two_metrics_are_independent_and_stay_in_one_metric() -> None:
    chance = {"probability": 0.2, "magnitude": 2}
    config = web_config(
        50, ("2023-01-01", "2023-12-31"), layers={"outliers": {"net_in": chance, "net_out": chance}}
    )
    panel = sorted_scan(config)
    clean = sorted_scan(config.clean_twin())
    inward, outward = (panel[each] != clean[each] for each in ("net_in_p95", "net_out_p95"))
    check_share((inward & outward).sum(), panel.height, 0.04)
    assert ((inward | outward) == (panel["is_outlier"] == 1)).all()
