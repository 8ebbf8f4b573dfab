"""A load that ends early leaves nothing behind."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import capgen
from capgen.telemetry import dealing
from capgen.telemetry.load import Listener
from tests.conftest import deep

ROWS = pl.DataFrame(
    {
        "time": [f"2024-01-01T00:{minute:02}:00" for minute in range(60)] * 2,
        "server": ["a"] * 60 + ["b"] * 60,
        "cpu": [float(minute) for minute in range(120)],
    }
)


def interrupt(*_: object) -> None:
    """Do what Ctrl-C does."""
    signal.raise_signal(signal.SIGINT)


def while_dealing(patch: pytest.MonkeyPatch) -> Listener:
    patch.setattr(dealing.Dealer, "deal", interrupt)
    return Listener()


def once_written(_: pytest.MonkeyPatch) -> Listener:
    return Listener(on_samples=interrupt)


@pytest.mark.parametrize(
    ("stop", "out"),
    [
        (while_dealing, None),
        (once_written, "telemetry"),
        pytest.param(while_dealing, "telemetry", marks=deep),
        pytest.param(once_written, None, marks=deep),
    ],
)
def test_ctrl_c_leaves_nothing_behind(
    stop: Callable[[pytest.MonkeyPatch], Listener],
    out: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    file = tmp_path / "cpu.csv"
    ROWS.write_csv(file)
    target = None if out is None else tmp_path / "telemetry"
    with pytest.raises(KeyboardInterrupt):
        capgen.load(file, target, mapping="table", listener=stop(monkeypatch))
    assert set(tmp_path.iterdir()) == {file, temporary}
    assert list(temporary.iterdir()) == []
