"""What is asked of the future: from which moment, of whom, until when; checked before any work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from capgen.config import Config
from capgen.config.request_rules import request_problems
from capgen.config.suggest import nearest
from capgen.dataset.any_manifest import read_any_manifest
from capgen.errors import ConfigError, RequestError
from capgen.layers import LAYERS
from capgen.panel.fleet import server_ids
from capgen.storage.location import locate
from capgen.system.paths import StrPath
from capgen.timeline.epoch import minute_number
from capgen.timeline.time_axis import Span

ConfigOrFolder = Config | StrPath
HAPPENINGS = tuple(dict.fromkeys(layer.happens for layer in LAYERS if layer.happens))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the future.

    Args:
        config: the panel's configuration, whose window reaches as far as is asked for.
        moment: the first step that is not known, counted from 1970-01-01 00:00.
        stop: one past the last step.
        draws: number of futures.
        servers: ids of the servers; None for all.
        keys: metrics, in the panel's order.
        kept: what happens as it does in the panel, of `HAPPENINGS`.
    """

    config: Config
    moment: int
    stop: int
    draws: int
    servers: frozenset[str] | None
    keys: tuple[str, ...]
    kept: frozenset[str]

    @property
    def columns(self) -> list[str]:
        """Columns of the metrics."""
        return [self.config.metrics[key].column for key in self.keys]

    @property
    def cells(self) -> int:
        """Number of servers × steps that lie ahead."""
        servers = self.config.num_servers if self.servers is None else len(self.servers)
        return servers * self.ahead.size

    @property
    def known(self) -> Span:
        """Steps of the panel before the moment."""
        return Span(self.config.axis.span.first, min(self.moment, self.stop))

    @property
    def ahead(self) -> Span:
        """Steps from the moment on."""
        return Span(min(self.moment, self.stop), self.stop)


def asked_of(
    source: ConfigOrFolder,
    start: datetime | date | str,
    draws: int,
    *,
    servers: Iterable[str] | None = None,
    metrics: Iterable[str] | None = None,
    until: date | str | None = None,
    keep: Iterable[str] = (),
) -> Asked:
    """Return what is asked of the future.

    Args:
        source: a configuration, or a dataset's folder.
        start: the first moment that is not known, in UTC.
        draws: number of futures.
        servers: ids of servers; by default all.
        metrics: keys of metrics; by default all.
        until: last day; by default that of the panel.
        keep: what happens as it does in the panel.

    Raises:
        RequestError: nothing can go on from there, or something is asked for that is not there.
    """
    config = _until(config_of(source), until)
    ids = None if servers is None else frozenset(servers)
    keys = list(config.metrics) if metrics is None else list(metrics)
    if draws < 1:
        raise RequestError(f"draws: expected at least 1, got {draws}")
    _check_names("metrics", keys, list(config.metrics))
    _check_names("keep", keep, HAPPENINGS)
    _check_names("servers", sorted(ids or ()), server_ids(config) if ids else ())
    moment = _step_of(_moment(start, "from"), config)
    stop = config.axis.span.stop
    if isinstance(until, str | date):
        stop = config.axis.days(config.start_date, _day(until) + timedelta(days=1)).stop
    if moment > stop:
        last = config.axis.timestamp(stop - 1)
        raise RequestError(
            f"from: expected a moment up to the step after {last}, the last one, got "
            f"{config.axis.timestamp(moment)}; take an earlier one, or a later end with until"
        )
    in_order = tuple(key for key in config.metrics if key in keys)
    return Asked(config, moment, stop, draws, ids, in_order, frozenset(keep))


def config_of(source: ConfigOrFolder) -> Config:
    """Return the configuration that goes on.

    Args:
        source: a configuration, or a dataset's folder.

    Raises:
        RequestError: the folder is no dataset that was built.
    """
    if isinstance(source, Config):
        return source
    folder = locate(source)
    manifest = read_any_manifest(folder)
    model = manifest.model()
    if model is None:
        raise RequestError(
            f"{folder}: expected a dataset that capgen build wrote, got telemetry, which has no "
            f"model to go on by; fit one with capgen fit {folder} --out fleet.yaml, and go on "
            "with --config fleet.yaml"
        )
    return model


def _until(config: Config, until: date | str | None) -> Config:
    """Return the configuration with a later end, where one is asked for."""
    if until is None or _day(until) <= config.end_date:
        return config
    if config.growth.trend == "window":
        raise RequestError(
            f"until: expected a day up to {config.end_date}, the panel's last, because "
            "growth.trend: window spreads growth over the whole window, so that a later end "
            f"changes the past; got {until}; or set growth.trend=monthly"
        )
    longer = config.model_copy(update={"end_date": _day(until)})
    problems = list(request_problems(longer))
    if problems:
        raise ConfigError(*problems)
    return longer


def _day(day: date | str) -> date:
    return _moment(day, "until").date()


def _moment(moment: datetime | date | str, name: str) -> datetime:
    """Return a moment in UTC, without a zone."""
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            raise RequestError(
                f"{name}: expected a moment such as 2024-03-01 or 2024-03-01 10:00, got {moment!r}"
            ) from None
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _step_of(moment: datetime, config: Config) -> int:
    axis = config.axis
    minute = minute_number(moment)
    step = minute // axis.step_minutes
    if axis.timestamp(step) != moment:
        raise RequestError(
            f"from: expected the start of a step of {config.granularity} data, such as "
            f"{axis.timestamp(step)} or {axis.timestamp(step + 1)}, got {moment}"
        )
    if step < axis.span.first:
        raise RequestError(
            f"from: expected a moment from {config.start_date} on, the panel's first day, "
            f"got {moment}"
        )
    return step


def _check_names(what: str, names: Iterable[str], known: Sequence[str]) -> None:
    every = set(known)
    for name in names:
        if name not in every:
            shown = ", ".join(known[:8]) + (" …" if len(known) > 8 else "")
            raise RequestError(
                f"{what}: expected one of {shown}, got {name!r}{nearest(name, known)}"
            )
