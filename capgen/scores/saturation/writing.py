"""Writes the days of saturation."""

from __future__ import annotations

from capgen.dataset.export.table_file import TableFile
from capgen.scores.saturation.outlook import Saturation


def write_days(found: Saturation, file: TableFile) -> None:
    """Write the days of all servers.

    Args:
        found: the days.
        file: where to.

    Raises:
        OSError: the file cannot be written; nothing is left of it.
    """
    origin = {
        "capgen.metric": found.metric,
        "capgen.limit": f"{found.limit:g}",
        "capgen.rule": found.rule,
        "capgen.from": f"{found.start}",
        "capgen.until": f"{found.until}",
        "capgen.draws": f"{found.draws}",
    }
    table = found.table.to_arrow()
    file.write(table.schema, table.to_batches(), origin)
