"""capgen: realistic server-capacity telemetry, the same to the bit every time."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from capgen.errors import CapgenError, ConfigError, RequestError
from capgen.system import forking as _forking  # noqa: F401 - hears of forks from now on
from capgen.version import __version__

if TYPE_CHECKING:
    from capgen.config import Config, load_config
    from capgen.dataset.export.export import export
    from capgen.dataset.reading.asking import query
    from capgen.dataset.reading.connecting import connect
    from capgen.dataset.reading.scanning import scan
    from capgen.dataset.rollup.rollup import rollup
    from capgen.dataset.verify import verify
    from capgen.engines.planning import plan
    from capgen.engines.running import build, extend, repair
    from capgen.foresight.oracle import oracle
    from capgen.foresight.scanning import futures
    from capgen.handover.hand_over import hand_over
    from capgen.opening import open_dataset as open  # noqa: A004
    from capgen.panel.batches import cells, chunks
    from capgen.quality.check import check
    from capgen.scores.anomalies.score_anomalies import score_anomalies
    from capgen.scores.saturation.saturation import saturation
    from capgen.scores.saturation.score_saturation import score_saturation
    from capgen.scores.score import score
    from capgen.telemetry.load import load
    from capgen.twins.compare.compare import compare
    from capgen.twins.cross_validation.cross_validate import cross_validate
    from capgen.twins.fit.fit import fit

__all__ = [
    "CapgenError",
    "Config",
    "ConfigError",
    "RequestError",
    "__version__",
    "build",
    "cells",
    "check",
    "chunks",
    "compare",
    "connect",
    "cross_validate",
    "export",
    "extend",
    "fit",
    "futures",
    "hand_over",
    "load",
    "load_config",
    "open",
    "oracle",
    "plan",
    "query",
    "repair",
    "rollup",
    "saturation",
    "scan",
    "score",
    "score_anomalies",
    "score_saturation",
    "verify",
]

# Loaded on first use: `capgen --help` must not wait for Polars and DuckDB.
# After a colon stands the name inside the module, where it is another.
_HOMES = {
    "Config": "capgen.config",
    "build": "capgen.engines.running",
    "cells": "capgen.panel.batches",
    "check": "capgen.quality.check",
    "chunks": "capgen.panel.batches",
    "compare": "capgen.twins.compare.compare",
    "connect": "capgen.dataset.reading.connecting",
    "cross_validate": "capgen.twins.cross_validation.cross_validate",
    "extend": "capgen.engines.running",
    "export": "capgen.dataset.export.export",
    "fit": "capgen.twins.fit.fit",
    "futures": "capgen.foresight.scanning",
    "hand_over": "capgen.handover.hand_over",
    "load": "capgen.telemetry.load",
    "load_config": "capgen.config",
    "open": "capgen.opening:open_dataset",
    "oracle": "capgen.foresight.oracle",
    "plan": "capgen.engines.planning",
    "query": "capgen.dataset.reading.asking",
    "repair": "capgen.engines.running",
    "rollup": "capgen.dataset.rollup.rollup",
    "scan": "capgen.dataset.reading.scanning",
    "saturation": "capgen.scores.saturation.saturation",
    "score": "capgen.scores.score",
    "score_saturation": "capgen.scores.saturation.score_saturation",
    "score_anomalies": "capgen.scores.anomalies.score_anomalies",
    "verify": "capgen.dataset.verify",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        home, _, attribute = _HOMES[name].partition(":")
        return getattr(import_module(home), attribute or name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
