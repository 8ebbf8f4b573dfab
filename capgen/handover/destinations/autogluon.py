"""AutoGluon: a long table, with known covariates and static features."""

from __future__ import annotations

from capgen.handover.forecasting import LongTables


class AutoGluon(LongTables):
    """Long tables with the names of columns that AutoGluon looks for."""

    name = "autogluon"
    summary = "AutoGluon, as a `TimeSeriesDataFrame`: `item_id`, `timestamp`, `target`"
    loading = """\
frame, known = (pandas.read_parquet(f"DATA/{name}.parquet") for name in ["cpu_p95", "calendar"])
static = pandas.read_parquet("DATA/static.parquet")
data = TimeSeriesDataFrame.from_data_frame(frame.merge(known), static_features_df=static)"""
    series = "item_id"
    time = "timestamp"
    value = "target"


DESTINATION = AutoGluon()
