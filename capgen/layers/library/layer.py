"""The layer of the library: servers whose parameters are those of a table's rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.draws.arrays import Flags, Floats
from capgen.draws.by_block import draw_flags
from capgen.layers.answers import OwnNoise, Place
from capgen.layers.continuing import courses_of
from capgen.layers.curves import Season
from capgen.layers.gaps import gap_lines, gap_steps
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.ledger_line import Line
from capgen.layers.library.outages import fleet_gaps, outages
from capgen.layers.library.problems import use_problems
from capgen.layers.library.schema import HOLIDAYS_TOO
from capgen.layers.library.settings import LibraryUse
from capgen.layers.library.tables import curves_of, parts_of, rhythm_of, shifts_of
from capgen.layers.library.taking import Taken, take
from capgen.layers.regimes.drawing import draw_states, hours_shown
from capgen.layers.regimes.shares import usual_states
from capgen.layers.scope import Kind, PanelFacts, Scope
from capgen.layers.servers import Servers
from capgen.layers.states import States
from capgen.timeline.epoch import HOURS_PER_DAY

_ROW = "library.row"
_SHIFT = "library.shift"
_BASE = "base."
Rows = NDArray[np.int64]


class LibraryLayer(Layer[LibraryUse]):
    """Servers like those that a library was fitted to."""

    name = "library"
    key = "layers.library"
    example = "{file: fleet.library.parquet, use: draw}"
    replaces = (
        *("business_hours", "weekend", "profile", "eoq", "holiday", "server_spread"),
        *("noise_parts", "regimes", "season", "spikes", "scheduled_spikes"),
    )
    has_closed_form = False
    may_be_null = True
    happens = "gaps"

    def problems(self, settings: LibraryUse, known: Known) -> Iterator[str]:
        """Yield what the library lacks, and more servers than it has rows for."""
        yield from use_problems(settings, known)

    # What each server is given once.

    def own_parameters(self, settings: LibraryUse) -> Iterator[str]:
        """Yield the base of each metric."""
        yield from (f"{_BASE}{key}" for key in settings.library.facts.metrics)

    def own_values(self, settings: LibraryUse, path: str, servers: Servers) -> Floats:
        """Return the levels of a metric."""
        metrics = settings.library.facts.metrics
        return take(settings, servers).levels[:, metrics.index(path.removeprefix(_BASE))]

    def once(self, settings: LibraryUse, servers: Servers) -> dict[str, Floats]:
        """Return the servers' rows, and by how many hours they live later."""
        taken: Taken = take(settings, servers)
        return {_ROW: taken.rows.astype(np.float64), _SHIFT: taken.shifts.astype(np.float64)}

    def looks_back_on_holidays(self, settings: LibraryUse) -> bool:
        """Kinds of day have a memory."""
        return settings.library.facts.days == HOLIDAYS_TOO

    # Means, states, seasons, noise.

    def has_own_means(self, settings: LibraryUse, kind: Kind) -> bool:
        """Each server has levels of its own."""
        return True

    def own_means(self, settings: LibraryUse, scope: Scope, means: Mapping[str, Floats]) -> None:
        """Multiply the means, which begin at 1, by the servers' levels."""
        for key, mean in means.items():
            mean *= scope.parameter(f"{_BASE}{key}")

    def state_names(self, settings: LibraryUse) -> list[str]:
        """Return numbers: in different rows, they stand for different states."""
        return [f"state_{number}" for number in range(settings.library.facts.states)]

    def states(self, settings: LibraryUse, scope: Scope) -> States:
        """Draw the states of servers, each with its own curves."""
        rows = _rows(scope.servers)
        rhythm = rhythm_of(settings.library, rows, _shifts(scope.servers))
        curves = curves_of(settings.library, rows)
        return States(draw_states(rhythm, scope), {}, {}, {}, curves)

    def usual_states(
        self,
        settings: LibraryUse,
        kind: Kind,
        servers: pl.DataFrame,
        calendars: Sequence[pl.DataFrame],
    ) -> Floats:
        """Return the chances of the servers' rows, over all kinds of day."""
        rhythm = rhythm_of(settings.library, _rows(servers), _shifts(servers))
        return usual_states(rhythm, kind.axis, calendars)

    def state_levels(
        self, settings: LibraryUse, kind: Kind, servers: pl.DataFrame, key: str
    ) -> Floats:
        """Return the means of the curves."""
        return curves_of(settings.library, _rows(servers))[key].means

    def season(self, settings: LibraryUse, scope: Scope) -> Season:
        """Return what the hours add to the scores, in each state."""
        library = settings.library
        rows = _rows(scope.servers)
        scales = library.numbers("noise_scale", rows).T[:, :, None]
        return Season(
            hours_shown(scope),
            shifts_of(library, rows, _shifts(scope.servers)),
            dict(zip(library.facts.metrics, scales, strict=True)),
        )

    def own_noise(self, settings: LibraryUse, scope: Scope) -> OwnNoise:
        """Return the parts of the noise, in shares of the servers' own."""
        factors = settings.library.noise_factors(_rows(scope.servers))
        return OwnNoise(parts_of(settings.library, factors), factors)

    def grids(self, settings: LibraryUse, scope: Scope) -> dict[str, Floats]:
        """Return the steps of the servers' grids."""
        steps = settings.library.numbers("resolution", _rows(scope.servers)).T[:, :, None]
        return dict(zip(settings.library.facts.metrics, steps, strict=True))

    def half_lives(self, settings: LibraryUse) -> list[float]:
        """Return those of the parts that remember."""
        return list(settings.library.facts.half_lives[1:])

    def dwell_hours(self, settings: LibraryUse) -> list[float]:
        """Return for how long the stickiest state lasts on average, and the stickiest kind."""
        library = settings.library
        state = float(library.numbers("stickiness").max())
        kind = float(library.numbers("kind_stickiness").max())
        return [1 / (1 - state), HOURS_PER_DAY / (1 - kind)]

    # Gaps.

    def missing_share(self, settings: LibraryUse, servers: pl.DataFrame, key: str) -> float:
        """Return the mean of what the servers' rows say."""
        metrics = settings.library.facts.metrics
        if not settings.gaps or key not in metrics:
            return 0.0
        shares = settings.library.numbers("missing", _rows(servers))
        return float(shares[:, metrics.index(key)].mean())

    def clean(self, settings: LibraryUse) -> LibraryUse:
        """Return the same servers without gaps."""
        return settings.model_copy(update={"gaps": False})

    def singles(
        self, settings: LibraryUse, scope: Scope, keys: Sequence[str]
    ) -> Iterator[tuple[str, Flags]]:
        """Yield the values that are missing by themselves."""
        metrics = settings.library.facts.metrics
        shares = settings.library.numbers("missing", _rows(scope.servers))
        for key in keys:
            share = shares[:, metrics.index(key)] if key in metrics else np.zeros(1)
            if settings.gaps and share.any():
                purpose = f"library missing {key}"
                subjects = (scope.seed, scope.ids, scope.axis, scope.span)
                yield key, draw_flags(*subjects, purpose, share[:, None])

    def gaps(self, settings: LibraryUse, scope: Scope) -> Iterator[Place]:
        """Yield the outages of the servers, and the gaps of the fleet."""
        subjects = (scope.seed, scope.ids)
        steps = (scope.axis, scope.span)
        for position, outage in outages(settings, _rows(scope.servers), *subjects, *steps):
            yield position, gap_steps(*steps, outage)
        for of_future, course in courses_of(scope):
            for gap in fleet_gaps(settings, scope.seed, *steps, course):
                yield of_future, gap_steps(*steps, gap)

    def ledger(
        self, settings: LibraryUse, panel: PanelFacts, servers: pl.DataFrame
    ) -> Iterator[Line]:
        """Yield outages and gaps that touch a step."""
        ids = servers["server_id"].to_list()
        steps = (panel.axis, panel.axis.span)
        for position, outage in outages(settings, _rows(servers), panel.seed, ids, *steps):
            server_id = ids[position]
            subject = ("server", server_id)
            yield from gap_lines(panel, outage, "library.outages", subject, [server_id])
        for gap in fleet_gaps(settings, panel.seed, *steps):
            yield from gap_lines(panel, gap, "library.fleet_gaps", ("fleet", "fleet"), ids)

    def makes_servers_differ(self, settings: LibraryUse) -> bool:
        """Each is its row."""
        return True


def _rows(servers: pl.DataFrame) -> Rows:
    return servers[_ROW].to_numpy().astype(np.int64)


def _shifts(servers: pl.DataFrame) -> Rows:
    return servers[_SHIFT].to_numpy().astype(np.int64)
