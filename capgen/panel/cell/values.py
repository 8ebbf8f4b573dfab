"""The columns of a chunk that differ from cell to cell: metrics, and the truth about them.

Worked out in place, a cache's worth at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.columns import STATE, expected_column
from capgen.config import Config
from capgen.draws.arrays import Codes, Floats
from capgen.layers import LAYERS
from capgen.layers.scope import Dates, Scope
from capgen.panel.cell.labels import columns_behind
from capgen.panel.cell.memory import Cells, Workspace
from capgen.panel.cell.metrics import metrics_needed
from capgen.panel.cell.steps import CellModel
from capgen.panel.cell.text_codes import TextCodes
from capgen.panel.chunks import Chunk, cut

# Some servers of hourly steps: their values and a few temporaries still lie in the processor's
# caches, and what a slice costs by itself, up to some hundred calls, is spread over many cells.
_SLICE_ROWS = 2**17
Array = Floats | NDArray[np.int8] | pl.Series


def chunk_values(
    config: Config,
    model: CellModel,
    chunk: Chunk,
    servers: pl.DataFrame,
    dates: Dates,
    wanted: Sequence[str],
    workspace: Workspace,
) -> dict[str, Array]:
    """Return the columns of a chunk that differ from cell to cell.

    Args:
        config: the panel's configuration.
        model: the model of the chunk's archetype.
        chunk: some servers of one archetype over some steps of one year.
        servers: the chunk's server frame.
        dates: columns of the date frames that the servers follow, by clock.
        wanted: columns to make; what they do not need is not drawn.
        workspace: holds the values.

    Returns:
        For each wanted column that is a metric or the truth about one its values, by server and
        then by time. A missing value is NaN.
    """
    cells = _room(config, (servers.height, chunk.span.size), wanted, workspace)
    texts = {name: TextCodes() for name in cells.codes}
    if not cells.are_none:
        whole = Scope.of(model.layered.kind, servers, dates, chunk.span)
        for part in cut(config.axis, chunk, _SLICE_ROWS):
            first = part.first_server - chunk.first_server
            here = slice(first, part.stop_server - chunk.first_server)
            steps = part.span.within(chunk.span)
            model.work_out(whole.part(here, steps, part.span), cells.part(here, steps), texts)
    columns = _columns(config, model.layered.state_names, cells, texts)
    return {name: column for name, column in columns if name in wanted}


def _room(
    config: Config, shape: tuple[int, int], wanted: Sequence[str], workspace: Workspace
) -> Cells:
    flags = dict.fromkeys(layer.label for layer in LAYERS if layer.label in wanted)
    names = dict.fromkeys(layer.names for layer in LAYERS if layer.names in wanted)
    behind = columns_behind(config, wanted) if flags or names else ()
    keys = metrics_needed(config.metrics, [*wanted, *behind])
    truths = {key: expected_column(metric.column) for key, metric in config.metrics.items()}
    expected = [key for key, column in truths.items() if column in wanted]
    means = workspace.floats("expected", len(expected), *shape)
    return Cells(
        keys,
        workspace.floats("values", len(keys), *shape),
        dict(zip(expected, means, strict=True)),
        {name: np.zeros(shape, np.int8) for name in flags},
        {name: np.zeros(shape, np.int32) for name in names},
        np.zeros(shape, np.int32) if STATE in wanted else None,
        workspace,
    )


def _columns(
    config: Config, state_names: Sequence[str], cells: Cells, texts: Mapping[str, TextCodes]
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
        yield STATE, _state_column(state_names, cells.states)


def _state_column(names: Sequence[str], states: Codes) -> pl.Series:
    """Return the names of states, null where the archetype has none."""
    texts = pl.Series(names or [None], dtype=pl.Enum(names))
    return texts.gather(states.ravel())
