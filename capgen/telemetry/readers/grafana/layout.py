"""Which columns of a file are time, labels and values, and how numbers and stamps are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from capgen.errors import CapgenError, RequestError
from capgen.telemetry.readers.assembly import Export
from capgen.telemetry.readers.grafana.form import Form
from capgen.telemetry.readers.mapping import Mapping

_MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Profile:
    """What a column holds.

    Args:
        present: how many values.
        numeric: how many of them begin with a number.
        comma_decimals: how many numbers have a comma that is surely a decimal sign.
        point_decimals: how many have a point that is surely one.
        commas: how many have a comma.
    """

    present: int
    numeric: int
    comma_decimals: int
    point_decimals: int
    commas: int

    @property
    def is_label(self) -> bool:
        """Whether most values are text."""
        return self.present > 0 and self.numeric * 2 <= self.present


@dataclass(frozen=True, slots=True)
class Stamps:
    """The forms of a file's stamps.

    Args:
        total: how many there are.
        numbers: how many are numbers since 1970.
        zoned: how many are texts that say their zone.
        headers: how many are the header again.
        with_day: how many begin with a day or a month.
        with_points: how many have points between day and month.
        with_halves: how many end with AM or PM.
        largest_first: the largest first number.
        largest_second: the largest second number.
    """

    total: int
    numbers: int
    zoned: int
    headers: int
    with_day: int
    with_points: int
    with_halves: int
    largest_first: int
    largest_second: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of a file are, from 1.

    Args:
        export: the file.
        form: how it is written.
        time: the column of the stamps.
        labels: the columns of text.
        values: the columns of numbers.
        decimal: the decimal sign.
        is_comma_guessed: whether nothing but the delimiter says that it is a comma.
    """

    export: Export
    form: Form
    time: int
    labels: tuple[int, ...]
    values: tuple[int, ...]
    decimal: str
    is_comma_guessed: bool


def layout_of(export: Export, form: Form, profiles: dict[int, Profile], mapping: Mapping) -> Layout:
    """Return the layout of a file.

    Args:
        export: the file.
        form: how it is written.
        profiles: what its columns hold, by column.
        mapping: what the user says.

    Raises:
        CapgenError: it has no time, or no numbers.
        RequestError: a comma may be a decimal sign or not.
    """
    time = form.time_column(mapping.time.column)
    if time is None:
        raise CapgenError(
            f"{export.name}: expected a column Time, got {', '.join(form.header[:5])!r}; is this "
            f"the CSV of a panel's inspector? Else say time: {{column: NAME}} in a mapping"
        )
    others = [number for number in range(1, len(form.header) + 1) if number != time]
    labels = [one for one in others if one in profiles and profiles[one].is_label]
    values = [one for one in others if one not in labels and form.header[one - 1].strip()]
    numbers = [profiles[one] for one in values if one in profiles]
    decimal, is_guessed = _decimal(export, form, numbers, mapping)
    return Layout(export, form, time, tuple(labels), tuple(values), decimal, is_guessed)


def _decimal(
    export: Export, form: Form, profiles: Sequence[Profile], mapping: Mapping
) -> tuple[str, bool]:
    if "decimal" in mapping.csv.model_fields_set:
        return mapping.csv.decimal, False
    commas = sum(profile.comma_decimals for profile in profiles)
    points = sum(profile.point_decimals for profile in profiles)
    if commas and points:
        raise RequestError(_question(export, "numbers with both signs as decimals"))
    if commas or points:
        return ("," if commas else "."), False
    if sum(profile.commas for profile in profiles) == 0:
        return ".", False
    if form.delimiter == ";":
        return ",", True
    raise RequestError(_question(export, "commas before three digits only"))


def _question(export: Export, got: str) -> str:
    return (
        f"{export.name}: expected one decimal sign, got {got}; is 1,234 above a thousand, or near "
        f"one? Say csv: {{decimal: '.'}} or {{decimal: ','}} in a mapping"
    )


def is_day_first(export: Export, stamps: Stamps, mapping: Mapping) -> bool:
    """Whether stamps such as 01/02/2024 begin with the day.

    Args:
        export: the file.
        stamps: the forms of its stamps.
        mapping: what the user says.

    Raises:
        RequestError: nothing tells.
    """
    largest = (stamps.largest_first, stamps.largest_second)
    if stamps.with_day == 0 or mapping.time.format is not None:
        return True
    if max(largest) > _MOST_MONTHS:
        return largest[0] > _MOST_MONTHS
    if stamps.with_points or stamps.with_halves:
        return stamps.with_points > 0
    raise RequestError(
        f"{export.name}: expected stamps of one form, got days and months that may stand in either "
        f"order; which comes first? Say time: {{format: '%d/%m/%Y %H:%M:%S'}} in a mapping"
    )
