"""The oracle: what an observer forecasts who knows the model, and all that the past has reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import polars as pl

from capgen.draws.arrays import Floats
from capgen.errors import RequestError
from capgen.foresight import closed_form
from capgen.foresight.asked import Asked, ConfigOrFolder, asked_of
from capgen.foresight.narrowing import left, steps_left, with_servers
from capgen.foresight.pieces import Futures, futures_of
from capgen.foresight.quantiles import means, quantile
from capgen.panel.chunks import Chunk
from capgen.panel.lazy import lazy_frame
from capgen.panel.predicates import conditions
from capgen.system.forking import check_polars_answers

METRIC = "metric"
ORACLE = "oracle"
MEDIAN = 0.5
_KEYS = ("server_id", "timestamp")
Laws = Callable[[Futures, Chunk, Sequence[float]], Iterator[list[Floats]]]
_ROWS = 2**20  # of all futures, in memory at once


def oracle(
    source: ConfigOrFolder,
    start: datetime | date | str,
    quantiles: Iterable[float] = (0.05, 0.95),
    *,
    draws: int = 200,
    servers: Iterable[str] | None = None,
    metrics: Iterable[str] | None = None,
    until: date | str | None = None,
    keep: Iterable[str] = (),
) -> pl.LazyFrame:
    """Return the best possible forecast of each cell from a moment on.

    It knows the model, the servers' own parameters, and what each part of the noise, each state,
    event and gap had reached; what lies ahead it knows no better than the model. It is worked out
    in closed form where there is one, and from futures elsewhere.

    Args:
        source: as in `futures`.
        start: as in `futures`.
        quantiles: shares, above 0 and below 1, of the futures below each quantile.
        draws: number of futures that it is worked out from.
        servers: as in `futures`.
        metrics: as in `futures`.
        until: as in `futures`.
        keep: as in `futures`.

    Returns:
        Columns server_id, timestamp, metric (its key), oracle (the mean) and one for each quantile,
        such as oracle-q0.05; the median always. Null where a value is missing in all futures.

    Raises:
        RequestError: as in `futures`; or a quantile does not lie between 0 and 1.
    """
    check_polars_answers()
    asked = asked_of(source, start, draws, servers=servers, metrics=metrics, until=until, keep=keep)
    shares = shares_of(quantiles)

    def make(
        _needed: Sequence[str], predicate: pl.Expr | None, _rows: int
    ) -> Iterator[pl.DataFrame]:
        return forecasts(asked, shares, predicate)

    return lazy_frame(oracle_schema(shares), make)


def oracle_schema(shares: Sequence[float]) -> pl.Schema:
    """Return the columns of the oracle's forecasts.

    Args:
        shares: of its quantiles.
    """
    keys = {"server_id": pl.String(), "timestamp": pl.Datetime("us"), METRIC: pl.String()}
    names = [ORACLE, *(f"{ORACLE}-q{share:g}" for share in shares)]
    return pl.Schema({**keys, **dict.fromkeys(names, pl.Float64())})


def forecasts(
    asked: Asked, shares: Sequence[float], predicate: pl.Expr | None = None
) -> Iterator[pl.DataFrame]:
    """Yield the oracle's forecasts, some servers at a time.

    Args:
        asked: what is asked for.
        shares: of the quantiles.
        predicate: rows for which it cannot hold may be left out.
    """
    every = list(conditions(predicate))
    keys = left(pl.Series(METRIC, asked.keys, pl.String), every).to_list()
    narrowed = replace(with_servers(asked, every), keys=tuple(keys))
    ahead = asked.ahead.overlap(steps_left(asked, every))
    if not keys:
        return
    if is_closed(asked):
        narrowed = replace(narrowed, config=closed_form.with_means(asked.config))
    laws = closed_form.laws if is_closed(asked) else _drawn_laws
    opened = futures_of(narrowed)
    for chunk in opened.chunks(ahead, max(1, _ROWS // asked.draws)):
        yield from _of_chunk(opened, chunk, shares, laws)


def is_closed(asked: Asked) -> bool:
    """Tell whether forecasts follow from the model without draws.

    Args:
        asked: what is asked for.
    """
    return not asked.kept and closed_form.has_closed_form(asked.config)


def _of_chunk(
    opened: Futures, chunk: Chunk, shares: Sequence[float], laws: Laws
) -> Iterator[pl.DataFrame]:
    """Yield the forecasts of each metric of some servers."""
    keys = opened.panel.cells(chunk, opened.panel.servers(chunk), _KEYS).select(_KEYS)
    names = list(oracle_schema(shares))[-1 - len(shares) :]
    for key, law in zip(opened.asked.keys, laws(opened, chunk, shares), strict=True):
        columns = (pl.Series(*each).fill_nan(None) for each in zip(names, law, strict=True))
        yield keys.with_columns(pl.lit(key).alias(METRIC), *columns)


def _drawn_laws(opened: Futures, chunk: Chunk, shares: Sequence[float]) -> Iterator[list[Floats]]:
    """Yield for each metric the mean and the quantiles of the futures of each cell of a chunk."""
    asked = opened.asked
    values = np.empty((len(asked.columns), chunk.rows, asked.draws))
    for piece in opened.by_draws(chunk, range(1, asked.draws + 1)):
        cells = opened.frame(piece, asked.columns)
        drawn = slice(piece.draws[0] - 1, piece.draws[-1])
        for of_metric, column in zip(values, asked.columns, strict=True):
            of_metric[:, drawn] = _values(cells[column]).reshape(-1, chunk.rows).T
    for of_metric in values:
        of_metric.sort(axis=1)
        yield [means(of_metric), *(quantile(of_metric, share) for share in shares)]


def _values(column: pl.Series) -> Floats:
    return column.fill_null(float("nan")).to_numpy()


def shares_of(quantiles: Iterable[float]) -> list[float]:
    """Return the shares of quantiles, climbing, with the median.

    Args:
        quantiles: the shares asked for.

    Raises:
        RequestError: one does not lie between 0 and 1.
    """
    every = sorted({MEDIAN, *quantiles})
    for share in every:
        if not 0 < share < 1:
            raise RequestError(f"quantiles: expected shares between 0 and 1, got {share:g}")
    return every
