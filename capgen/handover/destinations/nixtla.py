"""Nixtla's libraries: statsforecast, mlforecast, neuralforecast, utilsforecast."""

from __future__ import annotations

from capgen.handover.forecasting import LongTables


class Nixtla(LongTables):
    """Long tables with the columns that Nixtla's libraries look for."""

    name = "nixtla"
    summary = (
        "Nixtla's libraries, such as statsforecast: `unique_id`, `ds`, `y`; "
        "`calendar` of a test part is `X_df`"
    )
    loading = """\
values = pandas.read_parquet("DATA/cpu_p95.parquet")
known = pandas.read_parquet("DATA/calendar.parquet")
frame = values.merge(known, on=["unique_id", "ds"])"""
    series = "unique_id"
    time = "ds"
    value = "y"


DESTINATION = Nixtla()
