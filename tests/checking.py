"""Checks that take less time: of some rules only, and of what was expected once already."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from capgen.config import Config
from capgen.quality.check import check
from capgen.quality.evidence import evidence
from capgen.quality.exact.remade.rule import MEASUREMENT as REMADE
from capgen.quality.expected.calendars import Calendars
from capgen.quality.expected.groups import Groups
from capgen.quality.expected.model import ArchetypeModel, archetype_models
from capgen.quality.outcome import Report
from capgen.quality.rule import Measurement
from capgen.quality.rules import MEASUREMENTS

# What a configuration implies takes a third of a check: it is worked out once for all checks of it.
_kept: dict[bytes, list[ArchetypeModel]] = {}


def _models_once(
    config: Config, groups: Groups, calendars: Calendars, keys: list[str]
) -> Iterator[ArchetypeModel]:
    asked = pickle.dumps((config, groups.members.rows(), keys))
    if asked not in _kept:
        _kept[asked] = list(archetype_models(config, groups, calendars, keys))
    return iter(_kept[asked])


evidence.archetype_models = _models_once  # type: ignore[attr-defined]


def check_but_remade(folder: Path, config_file: Path | None = None, **options: Any) -> Report:
    """Check all rules but `remade`, which finds every change, as its own tests say.

    The limits of the others are those of a whole check: `remade` is no test.
    """
    return _check(
        (each for each in MEASUREMENTS if each is not REMADE), folder, config_file, **options
    )


def check_only(
    rules: Iterable[str], folder: Path, config_file: Path | None = None, **options: Any
) -> Report:
    """Check only what speaks of some rules.

    Tests among them get the limits of few tests, which are narrower than those of a whole check.
    """
    wanted = set(rules)
    looks = (each for each in MEASUREMENTS if wanted & {rule.name for rule in each.rules})
    return _check(looks, folder, config_file, **options)


def _check(looks: Iterable[Measurement], *arguments: Any, **options: Any) -> Report:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("capgen.quality.check.MEASUREMENTS", tuple(looks))
        return check(*arguments, **options)
