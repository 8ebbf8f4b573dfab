"""The libraries that draw, which only the report needs."""

from __future__ import annotations

import importlib

from capgen.errors import RequestError
from capgen.system.paths import some_home


def require_libraries() -> None:
    """Make sure that Altair, Jinja2 and vl-convert are there, before any work starts.

    Raises:
        RequestError: one of them is not; says what to type.
    """
    try:
        with some_home():  # Altair looks for one, to name a folder there
            for name in ("altair", "jinja2", "vl_convert"):
                importlib.import_module(name)
    except ImportError:
        raise RequestError(
            "report: expected the libraries altair, jinja2 and vl-convert-python; "
            'type: pip install "capgen[report]"'
        ) from None
