"""Fits telemetry: writes a library of its servers, and the configuration of their twin."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from capgen.errors import RequestError
from capgen.layers.library.table import digest_of
from capgen.layers.library.writing import library_bytes
from capgen.layers.regimes.settings import MOST_KINDS, MOST_STATES
from capgen.storage.location import locate
from capgen.storage.output import Output, output
from capgen.system.paths import StrPath
from capgen.twins.fit.document import document
from capgen.twins.fit.fleet import enough, fit_fleet, left_out, pooled_lines
from capgen.twins.fit.holidays import holidays_called
from capgen.twins.fit.learnt import sentences
from capgen.twins.fit.telemetry import LABEL, read_telemetry
from capgen.twins.fit.trend import Trend
from capgen.version import __version__
from capgen.words import counted


@dataclass(frozen=True, slots=True)
class FitResult:
    """What was fitted.

    Args:
        config: the configuration's file.
        library: the library's file.
        library_sha256: digest of the library.
        library_bytes: its size.
        servers: number of servers in the library.
        left_out: why servers and metrics are not in it, a line each.
        learnt: what was learnt, and what was not, a line each.
        trends: growth of each metric in percent a month, and its standard error.
        seconds: wall time.
    """

    config: Path
    library: Path
    library_sha256: str
    library_bytes: int
    servers: int
    left_out: tuple[str, ...]
    learnt: tuple[str, ...]
    trends: Mapping[str, Trend]
    seconds: float


def fit(
    data: StrPath,
    out: StrPath = "fleet.yaml",
    *,
    states: int = 4,
    kinds: int = 4,
    first: date | None = None,
    last: date | None = None,
    labels: Sequence[str] = (),
    holidays: str | None = None,
    timezone: str | None = None,
    pool: bool = False,
    keep_ids: bool = False,
    overwrite: bool = False,
    on_server: Callable[[int, int], None] = lambda _done, _all: None,
) -> FitResult:
    """Fit telemetry: learn what makes each server itself, so that `build` can make a twin.

    Args:
        data: the folder of telemetry, or of any dataset.
        out: the configuration to write; the library `….library.parquet` is written beside it.
        states: number of states that each server moves between.
        kinds: number of kinds of day that each server has.
        first: the first day to fit; by default the first there is.
        last: the last day to fit; by default the last there is.
        labels: columns of servers' labels that the library keeps, such as server_type.
        holidays: country whose holidays have kinds of day of their own, such as DE or DE-BY; where
            they are few, they lean on Sundays.
        timezone: whose days and hours the servers follow, such as Europe/Berlin; by default that by
            which the exports were written, else UTC.
        pool: keep servers with too few values: all but their levels and gaps is that of the server
            most like them.
        keep_ids: whether the library names the servers, by the label server_id.
        overwrite: replace existing files.
        on_server: called with the number of servers fitted so far, and of all.

    Raises:
        RequestError: the folder is no dataset, it has nothing to fit, or the files cannot be
            written.
        CapgenError: a file cannot be read or written.
    """
    started = time.monotonic()
    _check_count("states", states, MOST_STATES)
    _check_count("kinds", kinds, MOST_KINDS)
    config_file, library_file = _places(out, overwrite=overwrite)
    calendar = holidays_called(holidays) if holidays else None
    telemetry = read_telemetry(locate(data).absolute(), first, last, labels, calendar, timezone)
    servers = enough(telemetry, pool=pool)
    with_ids = pl.col("server_id").alias(f"{LABEL}server_id")
    labelled = servers.with_columns(with_ids) if keep_ids else servers
    fleet = fit_fleet(telemetry, labelled, (states, kinds), on_server)
    content = library_bytes(fleet.library)
    digest = digest_of(content)
    window = telemetry.clock.window
    step = telemetry.granularity
    fleet_size = counted(servers.height, "server")
    title = f"Twin of {fleet_size}, {' to '.join(window)}, {step}; capgen {__version__}"
    text = document(fleet, (library_file.path.name, digest), (*window, step), title)
    library_file.write(content)
    config_file.write(text.encode())
    return FitResult(
        config=config_file.path,
        library=library_file.path,
        library_sha256=digest,
        library_bytes=len(content),
        servers=servers.height,
        left_out=tuple(left_out(telemetry, servers)),
        learnt=(
            *sentences(fleet.library, fleet.trends, telemetry.local, " to ".join(window)),
            *pooled_lines(telemetry, servers),
        ),
        trends=fleet.trends,
        seconds=time.monotonic() - started,
    )


def _check_count(name: str, count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise RequestError(f"{name}: expected a number from 1 to {most}, got {count}")


def _places(out: StrPath, *, overwrite: bool) -> tuple[Output, Output]:
    """Return where the configuration is written, and the library."""
    config = output(out, overwrite=overwrite)
    if config.is_stream or config.path.suffix not in {".yaml", ".yml"}:
        raise RequestError(f"--out: expected the name of a YAML file, fleet.yaml, got {str(out)!r}")
    beside = config.path.with_name(f"{config.path.stem}.library.parquet")
    return config, output(beside, overwrite=overwrite)
