"""The models of a file of forecasts: what each of its columns holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from capgen.errors import RequestError

SERVER = ("server_id", "unique_id")
TIMESTAMP = ("timestamp", "ds")
METRIC = "metric"
CUTOFF = "cutoff"
ACTUAL = "y"
# What data frames leave in a file, and what other tools add beside forecasts.
_NO_MODELS = {*SERVER, *TIMESTAMP, METRIC, CUTOFF, ACTUAL, "", "index", "Unnamed: 0"}
# What stands beside the forecasts of models.
_TAKEN = {
    *("server_type", "horizon", "is_said", "seasons_ahead"),
    *("season_change", "season_squared_change", "seasonal naive", "best possible"),
}
_QUANTILE = re.compile(r"(.+)-(?:q(\d*\.?\d+)|(lo|hi)-(\d+(?:\.\d+)?)|(median))")
_MEDIAN = 0.5


@dataclass(frozen=True)
class Model:
    """What forecasts: a column of values, and columns of quantiles.

    Args:
        name: as it is shown.
        mean: column of the values; none where it has quantiles only.
        quantiles: columns by the quantile's level, between 0 and 1.
        median: column of what absolute errors are taken of; by default the values.
    """

    name: str
    mean: str | None
    quantiles: Mapping[float, str] = field(default_factory=dict)
    median: str | None = None

    @property
    def middle(self) -> str | None:
        """The column of what absolute errors are taken of."""
        return self.median or self.mean or self.quantiles.get(_MEDIAN)

    @property
    def centre(self) -> str | None:
        """The column of what squared errors are taken of."""
        return self.mean or self.quantiles.get(_MEDIAN)

    @property
    def columns(self) -> list[str]:
        """All of its columns."""
        found = [self.mean, self.median, *self.quantiles.values()]
        return list(dict.fromkeys(column for column in found if column is not None))

    @property
    def levels(self) -> tuple[float, ...]:
        """The levels of its quantiles, from the lowest on."""
        return tuple(sorted(self.quantiles))


def models_of(columns: Iterable[str], others: Iterable[str]) -> list[Model]:
    """Return the models that some numeric columns hold.

    Args:
        columns: names of numeric columns: `MODEL`, `MODEL-q0.05`, `MODEL-lo-90`, `MODEL-hi-90` or
            `MODEL-median`.
        others: names that are no models': the panel's own columns.

    Raises:
        RequestError: there is no model, or two columns hold the same quantile of one.
    """
    means: dict[str, str] = {}
    quantiles: dict[str, dict[float, str]] = {}
    for column in named_as_models(columns, others):
        found = _QUANTILE.fullmatch(column)
        if column in _TAKEN:
            raise RequestError(f"{column}: expected another name of a model, because it is taken")
        if found is None:
            means[column] = column
        else:
            _add(quantiles.setdefault(found[1], {}), _level(found, column), column)
    names = dict.fromkeys([*means, *quantiles])
    if not names:
        raise RequestError(
            "forecasts: expected a numeric column of a model, such as AutoETS, got none; "
            "beside server_id and timestamp each numeric column is a model"
        )
    return [Model(name, means.get(name), quantiles.get(name, {})) for name in names]


def named_as_models(columns: Iterable[str], others: Iterable[str]) -> list[str]:
    """Return the columns that may be a model's, by their names.

    Args:
        columns: names of columns.
        others: names that are no models': the panel's own columns.
    """
    no_models = _NO_MODELS | set(others)
    return [column for column in columns if column not in no_models]


def _level(found: re.Match[str], column: str) -> float:
    _, quantile, side, percent, _ = found.groups()
    level = _MEDIAN
    if quantile is not None:
        level = float(quantile)
    elif side is not None:
        half = float(percent) / 200
        level = round(_MEDIAN + (half if side == "hi" else -half), 10)
    if not 0 < level < 1:
        raise RequestError(f"{column}: expected a quantile between 0 and 1, got {level:g}")
    return level


def _add(quantiles: dict[float, str], level: float, column: str) -> None:
    if level in quantiles:
        raise RequestError(
            f"{column}: expected each quantile once, got {quantiles[level]} too; leave one out"
        )
    quantiles[level] = column
