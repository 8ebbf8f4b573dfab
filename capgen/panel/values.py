"""The columns of a chunk that differ from cell to cell: metrics, and the truth about them.

Worked out in place, a cache's worth at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.columns import EVENT, OUTLIER, OUTLIER_METRICS, SPIKE, STATE, expected_column
from capgen.config import Config
from capgen.panel import metrics
from capgen.panel.cell_model import CellModel
from capgen.panel.cells import Cells, Workspace
from capgen.panel.chunks import Chunk, cut
from capgen.panel.labels import columns_behind
from capgen.panel.layers.regimes import state_column
from capgen.panel.means import Dates, ServerMeans
from capgen.panel.noise_sum import NoiseSum
from capgen.panel.text_codes import TextCodes
from capgen.timeline.time_axis import TimeAxis

# With four metrics and some temporaries, what fits into a core's own cache; each slice costs a few dozen calls.
_SLICE_ROWS = 2**15
Array = NDArray[np.float64] | NDArray[np.int8] | pl.Series


def chunk_values(
    config: Config,
    axis: TimeAxis,
    chunk: Chunk,
    servers: pl.DataFrame,
    dates: Dates,
    noise_sum: NoiseSum,
    wanted: Sequence[str],
    workspace: Workspace,
) -> dict[str, Array]:
    """Return the columns of a chunk that differ from cell to cell.

    Args:
        config: a valid configuration.
        axis: its time axis.
        chunk: some servers of one archetype over some steps of one year.
        servers: the chunk's server frame.
        dates: columns of the date frames that the servers follow, by clock.
        noise_sum: the archetype's noise.
        wanted: columns to make; what they do not need is not drawn.
        workspace: holds the values.

    Returns:
        For each wanted column that is a metric or the truth about one its values, by server and then by time.
        A missing value is NaN.
    """
    cells = _room(config, (servers.height, chunk.span.size), wanted, workspace)
    means = ServerMeans.of_frame(config, chunk.archetype, dates, servers)
    texts = {name: TextCodes() for name in cells.codes}
    server_ids = servers["server_id"].to_list()
    if not cells.are_none:
        for part in cut(axis, chunk, _SLICE_ROWS):
            here = slice(part.first_server - chunk.first_server, part.stop_server - chunk.first_server)
            steps = part.span.within(chunk.span)
            model = CellModel(config, axis, part, servers[here], server_ids[here], texts)
            model.work_out(cells.part(here, steps), means.some(here), steps, noise_sum)
    return {name: column for name, column in _columns(config, chunk.archetype, cells, texts) if name in wanted}


def _room(config: Config, shape: tuple[int, int], wanted: Sequence[str], workspace: Workspace) -> Cells:
    keys = metrics.metrics_needed(config, [*wanted, *columns_behind(config, wanted)])
    expected = [key for key, metric in config.metrics.items() if expected_column(metric.column) in wanted]
    return Cells(
        keys,
        workspace.floats("values", len(keys), *shape),
        dict(zip(expected, workspace.floats("expected", len(expected), *shape), strict=True)),
        {name: np.zeros(shape, np.int8) for name in (SPIKE, OUTLIER) if name in wanted},
        {name: np.zeros(shape, np.int32) for name in (OUTLIER_METRICS, EVENT) if name in wanted},
        np.zeros(shape, np.int32) if STATE in wanted else None,
    )


def _columns(
    config: Config, archetype: str, cells: Cells, texts: Mapping[str, TextCodes]
) -> Iterator[tuple[str, Array]]:
    for key, values in cells.of_key.items():
        yield config.metrics[key].column, values.ravel()
    for key, means in cells.expected.items():
        yield expected_column(config.metrics[key].column), means.ravel()
    for name, flags in cells.flags.items():
        yield name, flags.ravel()
    for name, codes in cells.codes.items():
        yield name, texts[name].column(codes)
    if cells.states is not None:
        yield STATE, state_column(config, archetype, cells.states)
