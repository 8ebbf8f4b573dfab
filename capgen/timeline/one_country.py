"""Imports one country of the `holidays` library, which would import all 250 of them."""

from __future__ import annotations

from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import Any

import holidays
from holidays.registry import COUNTRIES


def country_holidays(country: str, **options: Any) -> holidays.HolidayBase:
    """Return a country's holidays, as the library's function of this name does.

    Args:
        country: ISO 3166 code.
        options: those of the library's function.

    Raises:
        NotImplementedError: the library does not know the country or its subdivision.
    """
    entity = _class_of(country)
    if entity is None:
        return holidays.country_holidays(country, **options)
    return entity(**options)


@cache
def _class_of(country: str) -> type[holidays.HolidayBase] | None:
    """Return a country's class, from a module that is loaded alone; None where that cannot be."""
    module = next((name for name, codes in COUNTRIES.items() if country in codes), None)
    folders = [f"{path}/countries" for path in holidays.__path__]
    found = PathFinder.find_spec(f"holidays.countries.{module}", folders)
    if found is None or found.loader is None:
        return None
    loaded = module_from_spec(found)
    found.loader.exec_module(loaded)
    entity: type[holidays.HolidayBase] = getattr(loaded, country)
    return entity
