"""How well a classifier tells the weeks of a candidate from those of the reference."""

from collections.abc import Mapping

from capgen.timeline.epoch import MINUTES_PER_DAY
from capgen.twins.compare.classifier import classifier
from capgen.twins.compare.classifier.scoring import area_under_curve
from capgen.twins.compare.evidence import Evidence
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import TOLD_APART, FleetMeasure


def _area(reference: Evidence, candidate: Evidence) -> Mapping[str, float]:
    if reference.weeks is None or candidate.weeks is None:
        return {}
    sides = (reference.weeks, candidate.weeks)
    if not all(len(weeks.servers) for weeks in sides):
        return {}
    return {"": area_under_curve(sides, (reference.servers, candidate.servers), classifier())}


MEASURE = FleetMeasure(
    name="classifier",
    group=TOLD_APART,
    says="area under the curve of a classifier of server-weeks, folds by server",
    lower="a classifier tells its weeks from real ones",
    higher="a classifier tells its weeks from real ones",
    needs=Needs(days=14, step_minutes=MINUTES_PER_DAY, servers=8),
    how="features of a week: levels, tails, memory, rhythm, ties, pairs",
    direction="0.5 is the same, 1 is told apart without fail",
    best=0.5,
    least=0.02,
    distance=_area,
)
