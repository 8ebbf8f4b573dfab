"""TimescaleDB: what PostgreSQL takes, with the table cut by time."""

from __future__ import annotations

from collections.abc import Iterator

from capgen.handover.database import TABLE
from capgen.handover.destinations.postgres import Postgres


class Timescale(Postgres):
    """As for PostgreSQL; the table is a hypertable before the rows come."""

    name = "timescale"
    summary = "TimescaleDB: as for PostgreSQL, the table a hypertable"

    def after_table(self) -> Iterator[str]:
        """Yield what makes the table a hypertable."""
        yield f"select create_hypertable('{TABLE}', by_range('timestamp'));"


DESTINATION = Timescale()
