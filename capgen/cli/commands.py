"""The commands by name; each is imported when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup

from capgen.cli.given import Command

# In the order of the help. Each is a module's function `command`, or its `app` with commands.
_NAMES = (
    "build",
    "extend",
    "fit",
    "futures",
    "load",
    "plan",
    "check",
    "compare",
    "saturation",
    "score",
    "verify",
    "repair",
    "report",
    "export",
    "rollup",
    "query",
    "sql",
    "docs",
    "config",
)


class Commands(Mapping[str, Any]):
    """The commands by name."""

    def __getitem__(self, name: str) -> Any:
        if name not in _NAMES:
            raise KeyError(name)
        return _command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


class Group(TyperGroup):
    """The command `capgen`, which makes no command of its own that is not asked for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = cast("Any", Commands())  # which nobody changes


@cache
def _command(name: str) -> Any:
    module = import_module(f"capgen.cli.{name}")
    if hasattr(module, "app"):
        app = module.app
    else:
        app = typer.Typer(add_completion=False)
        app.command(name, cls=Command)(module.command)
    return typer.main.get_command(app)
