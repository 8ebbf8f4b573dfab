"""Futures, piece by piece: what the panel shows until a moment, and what each draws from there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from capgen.foresight.asked import Asked
from capgen.panel.cell.memory import Workspace
from capgen.panel.chunks import CHUNK_ROWS, Chunk, cut
from capgen.panel.frame import Panel, panel_of
from capgen.timeline.time_axis import Span

DRAW = "draw"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some futures of some servers of one archetype, over steps of one year.

    Args:
        chunk: the servers and steps.
        draws: numbers of the futures.
    """

    chunk: Chunk
    draws: Sequence[int]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.chunk.rows * len(self.draws)


@dataclass(frozen=True, slots=True)
class Futures:
    """What pieces of futures are made from; `futures_of` makes one.

    Args:
        asked: what is asked for.
        panel: the panel that they go on from.
        ahead: the same, from the moment on.
    """

    asked: Asked
    panel: Panel
    ahead: Panel

    def chunks(self, span: Span, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """Cut a span: year by year, archetype by archetype, then by server.

        Args:
            span: steps of the panel, all on one side of the moment.
            rows: how many rows each chunk should have at most.
        """
        axis = self.panel.axis
        for _, of_year in axis.years():
            steps = span.overlap(of_year)
            for archetype, servers in self.panel.fleets.items():
                if steps.size > 0 and servers.height:
                    yield from cut(axis, Chunk(archetype, 0, servers.height, steps), rows)

    def by_draws(self, chunk: Chunk, draws: Sequence[int]) -> Iterator[Piece]:
        """Yield the futures of a chunk; the panel itself, number 0, is a piece of its own.

        Args:
            chunk: one of `chunks`.
            draws: numbers of futures, climbing.
        """
        drawn = [draw for draw in draws if draw]
        at_once = max(1, CHUNK_ROWS // chunk.rows)
        if 0 in draws:
            yield Piece(chunk, [0])
        for first in range(0, len(drawn), at_once):
            yield Piece(chunk, drawn[first : first + at_once])

    def known(
        self, chunk: Chunk, draws: Sequence[int], columns: Sequence[str]
    ) -> Iterator[pl.DataFrame]:
        """Yield what the futures share of a chunk before the moment, for one after the other.

        Args:
            chunk: one of `chunks`.
            draws: numbers of futures.
            columns: those of the panel to make; the number of the future comes before them.
        """
        cells = self.panel.cells(chunk, self.panel.servers(chunk), columns)
        for draw in draws:
            yield _numbered(cells, [draw])

    def frame(
        self, piece: Piece, columns: Sequence[str], workspace: Workspace | None = None
    ) -> pl.DataFrame:
        """Return the rows of a piece from the moment on, sorted by draw, server_id and timestamp.

        Args:
            piece: one of `by_draws`.
            columns: those of the panel to make; the number of the future comes before them.
            workspace: memory for the metrics; the result is good until it is used again.
        """
        servers = self.panel.servers(piece.chunk)
        if 0 in piece.draws:
            return _numbered(self.panel.cells(piece.chunk, servers, columns, workspace), [0])
        rows = pl.concat(servers.with_columns(pl.lit(each).alias(DRAW)) for each in piece.draws)
        chunk = replace(piece.chunk, first_server=0, stop_server=rows.height)
        return _numbered(self.ahead.cells(chunk, rows, columns, workspace), piece.draws)

    def of_servers(self, ids: Collection[str]) -> Futures:
        """Return the same with only some of the servers.

        Args:
            ids: of the servers.
        """
        condition = pl.col("server_id").is_in(list(ids))
        fleets = {name: fleet.filter(condition) for name, fleet in self.panel.fleets.items()}
        return replace(self, panel=replace(self.panel, fleets=fleets))


def futures_of(asked: Asked) -> Futures:
    """Return the futures that are asked for, of the servers that are asked for.

    Args:
        asked: what is asked for.
    """
    panel = panel_of(asked.config)
    futures = Futures(asked, panel, panel.ahead(asked.moment, asked.kept))
    return futures if asked.servers is None else futures.of_servers(asked.servers)


def _numbered(cells: pl.DataFrame, draws: Sequence[int]) -> pl.DataFrame:
    numbers = np.repeat(np.array(draws, np.int32), cells.height // len(draws))
    return pl.DataFrame([pl.Series(DRAW, numbers), *cells.get_columns()])
