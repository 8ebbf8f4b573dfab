"""Checks of some rules only: a test that asks about one need not wait for all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from capgen.quality.check import check
from capgen.quality.exact.remade.rule import MEASUREMENT as REMADE
from capgen.quality.outcome import Report
from capgen.quality.rule import Measurement
from capgen.quality.rules import MEASUREMENTS


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
