"""What is wrong with servers that do not have the bits that were remade."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from capgen import sql
from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.panel.scanning import frames
from capgen.panel.schema import panel_schema
from capgen.quality.exact.remade.fault import Fault, gathered, gathered_by
from capgen.quality.exact.remade.patterns import Pair, pattern_of
from capgen.words import counted

_MOST_ROWS = 500_000  # that are looked at more closely
_KEYS = ["server_id", "timestamp"]
_WHOLE_REACH = 0.95
_THROUGHOUT = "throughout"
_NOT_LOOKED_AT = "not as remade"
_EXPECTED_UNIT = 0.01  # expected values are not rounded
Namesake = Callable[[str, str], str | None]


def value_faults(
    connection: sql.Connection,
    config: Config,
    wrong: Mapping[str, Sequence[str]],
    namesake: Namesake,
) -> list[Fault]:
    """Say what is wrong with the values of servers.

    Args:
        connection: a connection with the view `panel`.
        config: the configuration that they were remade from.
        wrong: columns whose fingerprints differ, by server.
        namesake: returns whose remade values a column of a server has, in words; None where
            nobody's.
    """
    closely = _looked_at(config, wrong)
    differing = {name for server in closely for name in wrong[server]}
    columns = [name for name in panel_schema(config).names() if name in differing]
    data = _rows_of_data(connection, closely, columns)
    remade = _rows_remade(config, closely, columns)
    faults: list[Fault] = []
    for server in closely:
        faults += _faults_of(config, server, data, remade, list(wrong[server]), namesake)
    rest = [server for server in wrong if server not in closely]
    faults += [Fault((server,), tuple(wrong[server]), _NOT_LOOKED_AT) for server in rest]
    return gathered(faults)


def _looked_at(config: Config, wrong: Mapping[str, Sequence[str]]) -> list[str]:
    """Return as many servers as memory allows, first one for each set of columns that are wrong."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for server, columns in wrong.items():
        kinds.setdefault(tuple(columns), []).append(server)
    firsts = [servers[0] for servers in kinds.values()]
    most = max(1, _MOST_ROWS // config.axis.span.size)
    return [*firsts, *(server for server in wrong if server not in firsts)][:most]


def _rows_of_data(
    connection: sql.Connection, servers: Sequence[str], columns: Sequence[str]
) -> pl.DataFrame:
    connection.register("faulty_ids", pl.DataFrame({"server_id": list(servers)}))
    parameters = {"columns": [*_KEYS, *columns]}
    return sql.run_query(connection, "checks/server_rows", parameters)


def _rows_remade(config: Config, servers: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    pieces = frames(config, [*_KEYS, *columns], pl.col("server_id").is_in(list(servers)))
    return pl.concat(pieces, rechunk=True)


def _faults_of(
    config: Config,
    server: str,
    data: pl.DataFrame,
    remade: pl.DataFrame,
    columns: Sequence[str],
    namesake: Namesake,
) -> Iterator[Fault]:
    here = data.filter(server_id=server).sort("timestamp")
    made = remade.filter(server_id=server).sort("timestamp")
    yield from _row_faults(server, here, made)
    once = here.unique("timestamp")
    both = made.join(once, on="timestamp", suffix=".data", maintain_order="left")
    faults = (_fault_of(config, server, name, both, namesake) for name in columns)
    yield from gathered_by(filter(None, faults), lambda fault: (fault.told, fault.where))


def _row_faults(server: str, data: pl.DataFrame, made: pl.DataFrame) -> Iterator[Fault]:
    missing = made.join(data, on="timestamp", how="anti")
    strange = data.join(made, on="timestamp", how="anti")
    repeated = data.height - data["timestamp"].n_unique()
    counts = {
        "missing": missing.height,
        "not of the panel": strange.height,
        "there more than once": repeated,
    }
    for what, rows in counts.items():
        if rows:
            yield Fault((server,), (), f"{counted(rows, 'row')} {what}")


def _fault_of(
    config: Config, server: str, column: str, both: pl.DataFrame, namesake: Namesake
) -> Fault | None:
    """Return what is wrong with a column, and where; None where its values are right."""
    data = both[f"{column}.data"]
    remade = both[column]
    differs = _differs(data, remade)
    if not differs.any():
        return None
    pattern = _pattern(config, column, data, remade, namesake(server, column))
    where = _where(both["timestamp"], differs, data.is_not_null() | remade.is_not_null())
    if pattern or where == _THROUGHOUT:
        return Fault((server,), (column,), pattern or "other values", where)
    return Fault((server,), (column,), _first(both, column, differs))


def _differs(data: pl.Series, remade: pl.Series) -> pl.Series:
    if data.dtype != pl.Float64:
        return data.ne_missing(remade)
    in_data = _numbers(data).view(np.int64)
    in_remade = _numbers(remade).view(np.int64)
    return pl.Series(in_data != in_remade) | (data.is_null() != remade.is_null())


def _pattern(
    config: Config, column: str, data: pl.Series, remade: pl.Series, namesake: str | None
) -> str:
    """Return what was done to a column of numbers; no pattern knows a NaN, which is no null."""
    if not data.dtype.is_numeric() or (data.dtype.is_float() and data.is_nan().any()):
        return ""
    metrics = {metric.column: metric for metric in config.metrics.values()}
    pair = Pair(
        data=_numbers(data),
        remade=_numbers(remade),
        unit=10.0**-config.decimals if column in metrics else _EXPECTED_UNIT,
        step_minutes=config.step_minutes,
        clip=metrics[column].clip if column in metrics else (-np.inf, np.inf),
        is_flag=column.startswith("is_") and not data.dtype.is_float(),
        namesake=namesake if data.dtype.is_float() else None,
    )
    return pattern_of(pair)


def _numbers(column: pl.Series) -> Floats:
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _where(timestamps: pl.Series, differs: pl.Series, present: pl.Series) -> str:
    """Return where values differ: throughout, if half of them do, from the first to the last."""
    found = timestamps.filter(differs)
    every = timestamps.filter(present)
    reach = (found[-1] - found[0]) / max(every[-1] - every[0], timedelta(1))
    if 2 * len(found) >= len(every) and reach >= _WHOLE_REACH:
        return _THROUGHOUT
    return f"in {len(found):,} of {counted(len(differs), 'row')}, from {found[0]} to {found[-1]}"


def _first(both: pl.DataFrame, column: str, differs: pl.Series) -> str:
    first = both.filter(differs).row(0, named=True)
    got = _shown(first[f"{column}.data"])
    made = _shown(first[column])
    counts = f"differs in {differs.sum():,} of {counted(len(differs), 'row')}"
    return f"{counts}, first {first['timestamp']}: {got}, remade {made}"


def _shown(value: object) -> str:
    return "null" if value is None else str(value)
