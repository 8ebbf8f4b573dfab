"""Pinned outputs: digests of panels with every layer, of what makes them, and of what is said.

If these change, every dataset that users have built changes: raise the version and say so in the
changelog. `python -m tests.test_pinned` writes the file anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from capgen import scan
from capgen.cli.config_text import as_json
from capgen.columns import SERVER_COLUMNS
from capgen.config import config_digest, model_digest
from capgen.panel.calendar import calendar_of
from capgen.panel.clocks import clocks
from capgen.panel.fleet import server_frame
from capgen.panel.ledger import ledger
from capgen.panel.schema import panel_schema
from tests.conftest import deep
from tests.pinned_panels import LAST_BIT, PANELS, PINNED_PANELS, pinned_config

PINNED = Path(__file__).with_name("pinned.json")
_DIGITS = 12  # hexadecimal, of a digest
_CALENDARS = [
    (panel, window)
    for panel, window in PINNED_PANELS
    if "hourly" in window or (panel, window) == ("profiled", "daily")
]
Pins = dict[str, str]


def digest(parts: Iterable[bytes]) -> str:
    found = hashlib.blake2b(digest_size=_DIGITS // 2)
    for part in parts:
        found.update(part)
    return found.hexdigest()


def text_digest(value: Any) -> str:
    return digest([json.dumps(value, default=str).encode()])


def column_digest(column: pl.Series) -> str:
    """Return a digest of values, whatever the layout in memory and however Polars spells them."""
    missing = column.is_null().to_list() if column.null_count() else []
    kind = column.dtype.base_type()
    if kind.is_numeric():
        values = column.fill_null(0).to_numpy().tobytes()
    elif kind.is_temporal():
        values = column.cast(pl.Int64).fill_null(0).to_numpy().tobytes()
    else:
        values = "\0".join(column.cast(pl.String).fill_null("").to_list()).encode()
    return digest([str(kind).encode(), bytes(missing), values])


def frame_pins(frame: pl.DataFrame) -> Pins:
    return {column.name: column_digest(column) for column in frame.get_columns()}


def panel_pins(panel: str, window: str) -> Pins:
    """Return the pins of a panel's columns, and of the order in which they stand."""
    config = pinned_config(panel, window).config
    frame = scan(config).sort("server_id", "timestamp").collect()
    schema = panel_schema(config)
    assert frame.schema == schema
    return {"columns": text_digest(schema.names()), **frame_pins(frame)}


def calendar_pins(panel: str, window: str) -> Pins:
    """Return the pins of the calendar of each clock."""
    config = pinned_config(panel, window).config
    span = config.axis.span
    found = {}
    for clock in clocks(config):
        frame = calendar_of(config, clock)(span)
        found[clock or "UTC"] = text_digest(sorted(frame_pins(frame).items()))
    return found


def ledger_pins(panel: str, window: str) -> Pins:
    """Return the pins of the ledger, by the type of a line."""
    of_type: dict[str, list[dict[str, Any]]] = {}
    for line in ledger(pinned_config(panel, window).config):
        of_type.setdefault(line["type"], []).append(line)
    return {name: f"{len(lines)} {text_digest(lines)}" for name, lines in of_type.items()}


def server_pins(panel: str, window: str) -> Pins:
    """Return the pins of the fleet's labels and clocks; the panel shows what layers give."""
    servers = server_frame(pinned_config(panel, window).config)
    return frame_pins(servers.select(*SERVER_COLUMNS, "clock"))


def config_pins(panel: str, window: str) -> Pins:
    """Return the pins of a configuration and of what `capgen config show` says of it."""
    resolved = pinned_config(panel, window)
    config = resolved.config
    return {
        "model": model_digest(config)[:_DIGITS],
        "config": config_digest(config)[:_DIGITS],
        "config show": text_digest(as_json(resolved)),
    }


_DAILY = [(panel, "daily") for panel in PANELS]
Case = tuple[Callable[[str, str], Pins], list[tuple[str, str]]]
CASES: dict[str, Case] = {
    "panel": (panel_pins, PINNED_PANELS),
    "calendar": (calendar_pins, _CALENDARS),
    "ledger": (ledger_pins, PINNED_PANELS),
    "servers": (server_pins, _DAILY),
    "config": (config_pins, _DAILY),
}


def every_case() -> Iterator[tuple[str, str, str]]:
    for what, (_, panels) in CASES.items():
        for panel, window in panels:
            yield what, panel, window


# These hold every panel, window and layer; the other panels are left to `tests/bench/deep.py`.
_QUICK = {
    ("profiled", "1min"),
    ("profiled", "hourly in spring"),
    ("moving", "hourly"),
    ("spread out", "daily"),
    ("default", "1min"),
    ("telemetry", "5min"),
    ("realistic", "hourly in spring"),
}


def cases() -> Iterator[Any]:
    for what, panel, window in every_case():
        is_quick = what == "config" or (panel, window) in _QUICK
        yield pytest.param(what, panel, window, marks=[] if is_quick else deep)


def pins_of(what: str, panel: str, window: str) -> Pins:
    return CASES[what][0](panel, window)


def exp_pin() -> str:
    """Return a pin of how numpy rounds here: processors differ in the last bit."""
    numbers = np.linspace(-5, 5, 10_001)
    return digest([np.exp(numbers).tobytes(), np.log1p(numbers + 5).tobytes()])


@cache
def pinned() -> dict[str, Pins]:
    found: dict[str, Pins] = json.loads(PINNED.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(("what", "panel", "window"), list(cases()))
def test_it_stays_the_same(what: str, panel: str, window: str) -> None:
    decimals = pinned_config(panel, window).config.decimals
    if what == "panel" and decimals == LAST_BIT and exp_pin() != pinned()["numpy"]["exp"]:
        pytest.skip("numpy rounds differently on this processor")
    assert pins_of(what, panel, window) == pinned()[f"{what}: {panel}, {window}"]


if __name__ == "__main__":
    made = {
        f"{what}: {panel}, {window}": pins_of(what, panel, window)
        for what, panel, window in every_case()
    }
    PINNED.write_text(
        json.dumps({"numpy": {"exp": exp_pin()}, **made}, indent=0) + "\n", encoding="utf-8"
    )
