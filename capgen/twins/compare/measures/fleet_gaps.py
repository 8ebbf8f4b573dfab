"""How often most of a fleet is missing at once."""

from collections.abc import Mapping

from capgen.twins.compare.evidence import Evidence
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import GAPS, FleetMeasure

_MOST = 0.5


def _share(evidence: Evidence) -> float:
    """Return which share of the gaps falls on steps at which most servers have one."""
    is_fleet = evidence.missing > _MOST * len(evidence.servers)
    return float(evidence.missing[is_fleet].sum() / max(evidence.missing.sum(), 1))


def _difference(reference: Evidence, candidate: Evidence) -> Mapping[str, float]:
    return {"": abs(_share(candidate) - _share(reference))}


MEASURE = FleetMeasure(
    name="fleet-wide gaps",
    group=GAPS,
    says="share of the gaps that fall on steps at which most servers have one",
    lower="its servers are missing at once in another way",
    higher="its servers are missing at once in another way",
    needs=Needs(servers=4),
    how="difference of the shares",
    distance=_difference,
)
