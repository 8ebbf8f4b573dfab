"""Names an option as it is typed, where an error names what it sets."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand

from capgen.errors import ConfigError, RequestError


class Command(TyperCommand):
    """A command whose errors say `--from` of a wrong value that was given with `--from`."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        Args:
            ctx: the context with its parameters.

        Raises:
            RequestError: the request is wrong.
        """
        try:
            return super().invoke(ctx)
        except ConfigError:
            raise  # it says where each value comes from
        except RequestError as error:
            name, colon, problem = str(error).partition(": ")
            raise RequestError(f"{_as_given(ctx, name)}{colon}{problem}") from None


def _as_given(context: typer.Context, name: str) -> str:
    """Return the option that gave a value by this name; else the name."""
    for parameter in context.command.params:
        option = parameter.opts[0]
        names = {parameter.name, option.removeprefix("--").replace("-", "_")}
        if name in names and option.startswith("--") and context.params.get(str(parameter.name)):
            return option
    return name
