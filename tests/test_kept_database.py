"""The DuckDB that a process keeps, while threads open databases of it at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from capgen import load_config
from capgen.panel.macro_calendar import calendar_of_days
from capgen.sql import database, open_database

THREADS = 4


def test_each_thread_finds_the_macros_in_a_process_that_had_opened_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    holidays = load_config(environment={}).calendar.holidays
    calendar = calendar_of_days(holidays, date(2024, 1, 1), date(2024, 12, 31))
    together = threading.Barrier(THREADS)

    def factor(day: str) -> float:
        tables = calendar.tables()
        together.wait()
        with open_database(tables) as connection:
            ((found,),) = connection.execute(f"select eoq_factor(date '{day}')").fetchall()
            return float(found)

    with ThreadPoolExecutor(THREADS) as threads:
        for _ in range(5):
            monkeypatch.setattr(database, "_KEPT", {})
            assert len(set(threads.map(factor, ["2024-03-31"] * THREADS))) == 1
