"""GluonTS: a long table, with dynamic and static features."""

from __future__ import annotations

from capgen.handover.forecasting import LongTables


class GluonTS(LongTables):
    """Long tables with the names of columns that GluonTS has by default."""

    name = "gluonts"
    summary = "GluonTS, as a `PandasDataset`: `item_id`, `timestamp`, `target`"
    loading = """\
frame = pandas.read_parquet("DATA/cpu_p95.parquet")
static = pandas.read_parquet("DATA/static.parquet").set_index("item_id").astype("category")
data = PandasDataset.from_long_dataframe(frame, "item_id", "timestamp", static_features=static)"""
    series = "item_id"
    time = "timestamp"
    value = "target"


DESTINATION = GluonTS()
