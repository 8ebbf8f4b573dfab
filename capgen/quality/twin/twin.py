"""The twin of some servers of an archetype: what the same model says of them with other draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen import sql
from capgen.columns import OUTLIER, SPIKE, STATE
from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.panel.absence import absent_places
from capgen.panel.cell.memory import Workspace
from capgen.panel.cell.metrics import Recording
from capgen.panel.chunks import Chunk
from capgen.panel.frame import Panel, panel_of
from capgen.panel.layered import layered_archetype
from capgen.quality.evidence.counts import clip_ends
from capgen.quality.expected.incidents import events_of
from capgen.quality.source import Source
from capgen.quality.twin.contrast import Both
from capgen.quality.twin.other_draws import labelled_config
from capgen.settings.metric import source_of

UNKNOWN = -1
_TRUTH = (SPIKE, OUTLIER, STATE)


@dataclass(frozen=True, slots=True)
class Twins:
    """Some servers of one archetype, as they are in the data and as their twin has them.

    Args:
        archetype: the archetype's name.
        servers: their server frame.
        keys: the metrics' keys.
        values: values, shape (metrics, servers, steps); NaN where there is no value inside the
            clip, or the twin has none.
        events: what events multiply each metric by, likewise; None without events.
        truth: the twin's truth by column: flags, and numbers of states; shape (servers, steps).
    """

    archetype: str
    servers: pl.DataFrame
    keys: tuple[str, ...]
    values: Both
    events: Floats | None
    truth: dict[str, NDArray[np.int32]]


def read_twins(source: Source, panel: Panel, archetype: str, servers: pl.DataFrame) -> Twins:
    """Read servers from the data, and make their twin.

    Args:
        source: an open dataset.
        panel: the panel of its twin.
        archetype: name of the servers' archetype.
        servers: their server frame, in the data's panel.
    """
    data = _read(source, servers)
    known = [name for name in _TRUTH if name in panel.config.columns]
    twin, truth = _made(panel, archetype, servers, source.columns, known)
    events = _event_factors(source.config, servers, source.keys)
    if events is not None:
        twin *= events
    _recording(source.config).record(dict(zip(source.keys, twin, strict=True)))
    unknown = np.isnan(data) | np.isnan(twin)
    data[unknown] = twin[unknown] = np.nan
    return Twins(archetype, servers, source.keys, Both(data, twin), events, truth)


def _read(source: Source, servers: pl.DataFrame) -> Floats:
    steps = source.config.axis.span.size
    values = np.full((len(source.keys), servers.height * steps), np.nan)
    rows, where = _cells(source, servers, source.columns)
    for (column, ends), out in zip(clip_ends(source).items(), values, strict=True):
        value = pl.col(column)
        is_inside = value.is_finite() & value.is_between(*ends)
        out[where] = rows.select(pl.when(is_inside).then(value)).to_series().to_numpy()
    return values.reshape(len(values), servers.height, steps)


def read_truth(source: Source, twins: Twins, column: str) -> Both:
    """Return what the truth says of data and twin: flags, or numbers of states.

    It is `UNKNOWN` where the data has no row.

    Args:
        source: an open dataset.
        twins: servers of one archetype.
        column: the truth's column.
    """
    twin = twins.truth[column]
    data = _read_numbers(source, twins, column)
    return Both(data, np.where(data == UNKNOWN, UNKNOWN, twin))


def read_spikes(source: Source, twins: Twins) -> Both:
    """Return which cells are labelled as spikes in the data, and in a twin with its clip.

    They are `UNKNOWN` in gaps.

    Args:
        source: an open dataset.
        twins: servers of one archetype.
    """
    config = source.config
    servers = twins.servers
    data = _read_numbers(source, twins, SPIKE)
    for place in absent_places(layered_archetype(config, twins.archetype).incidents, servers):
        data[place] = UNKNOWN
    panel = panel_of(labelled_config(config))
    _, truth = _made(panel, twins.archetype, servers, [], [SPIKE])
    return Both(data, np.where(data == UNKNOWN, UNKNOWN, truth[SPIKE]))


def _read_numbers(source: Source, twins: Twins, column: str) -> NDArray[np.int32]:
    steps = source.config.axis.span.size
    data = np.full(twins.servers.height * steps, UNKNOWN, np.int32)
    rows, where = _cells(source, twins.servers, [column])
    data[where] = _as_numbers(source.config, twins.archetype, rows[column])
    return data.reshape(-1, steps)


def _cells(
    source: Source, servers: pl.DataFrame, columns: list[str]
) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Return rows of some servers, and their positions among all cells, by server, then by time."""
    looked_at = servers.select("server_id").with_row_index("position").cast({"position": pl.Int64})
    source.connection.register("looked_at", looked_at)
    parameters = source.calendar_parameters() | {"columns": columns}
    rows = sql.run_query(source.connection, "checks/cells", parameters)
    steps = source.config.axis.span.size
    return rows, rows["panel.server"].to_numpy() * steps + rows["panel.step"].to_numpy()


def _made(
    panel: Panel, archetype: str, servers: pl.DataFrame, columns: list[str], known: list[str]
) -> tuple[Floats, dict[str, NDArray[np.int32]]]:
    axis = panel.axis
    values = np.empty((len(columns), servers.height, axis.span.size))
    truth = {name: np.empty((servers.height, axis.span.size), np.int32) for name in known}
    workspace = Workspace()
    for _, span in axis.years():
        here = (slice(None), span.within(axis.span))
        chunk = Chunk(archetype, 0, servers.height, span)
        frame = panel.cells(chunk, servers, [*columns, *truth], workspace)
        for column, out in zip(columns, values, strict=True):
            out[here] = frame[column].to_numpy().reshape(servers.height, -1)
        for name, numbers in truth.items():
            found = _as_numbers(panel.config, archetype, frame[name])
            numbers[here] = found.reshape(servers.height, -1)
    return values, truth


def _as_numbers(config: Config, archetype: str, column: pl.Series) -> NDArray[np.int32]:
    """Return flags as they are, and states by their positions among the archetype's."""
    if column.name == STATE:
        names = layered_archetype(config, archetype).state_names
        column = column.cast(pl.String).cast(pl.Enum(names), strict=False).to_physical()
    numbers: NDArray[np.int32] = column.cast(pl.Int32).fill_null(UNKNOWN).to_numpy()
    return numbers


def _recording(config: Config) -> Recording:
    grids = {key: np.array([[step]]) for key, step in (config.layers.resolution or {}).items()}
    return Recording(config.metrics, config.decimals, grids)


def _event_factors(config: Config, servers: pl.DataFrame, keys: tuple[str, ...]) -> Floats | None:
    if config.layers.events is None:
        return None
    axis = config.axis
    factors = np.ones((len(keys), servers.height, axis.span.size))
    for touched in events_of(config, servers):
        factor = touched.event.factor(axis, touched.span)
        for key, out in zip(keys, factors, strict=True):
            if source_of(config.metrics, key) in touched.event.metrics:
                out[touched.server, touched.steps] *= factor
    return factors
