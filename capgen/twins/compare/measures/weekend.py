"""What the weekend does to each server."""

from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import RHYTHM, ServerMeasure, of_metrics
from capgen.twins.compare.ratios import log_factor


def _factor(series: Series) -> Floats:
    weekend = series.window.is_weekend
    return log_factor(series, weekend, ~weekend)


MEASURE = ServerMeasure(
    name="weekend",
    group=RHYTHM,
    says="log of the mean of weekends over that of weekdays",
    lower="its weekends are too quiet beside its weekdays",
    higher="its weekends are too busy beside its weekdays",
    needs=Needs(days=14),
    find=of_metrics(_factor),
)
