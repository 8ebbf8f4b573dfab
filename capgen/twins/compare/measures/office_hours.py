"""What office hours do to each server."""

from capgen.timeline.epoch import MINUTES_PER_HOUR
from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import RHYTHM, ServerMeasure, of_metrics
from capgen.twins.compare.ratios import log_factor

_FIRST = 9
_LAST = 17


def _factor(series: Series) -> Floats:
    window = series.window
    is_office = (window.hours >= _FIRST) & (window.hours <= _LAST)
    weekday = ~window.is_weekend
    return log_factor(series, weekday & is_office, weekday & ~is_office)


MEASURE = ServerMeasure(
    name="office hours",
    group=RHYTHM,
    says=f"log of the mean of hours {_FIRST} to {_LAST} over that of other hours, on weekdays",
    lower="its office hours are too quiet beside its nights",
    higher="its office hours are too busy beside its nights",
    needs=Needs(days=7, step_minutes=MINUTES_PER_HOUR),
    find=of_metrics(_factor),
)
