"""`capgen sql`: prints the calendar macros."""

from typing import TYPE_CHECKING

import typer

from capgen.cli.options import takes_config

if TYPE_CHECKING:
    from capgen.config import Resolved


@takes_config
def command(resolved: "Resolved") -> None:
    """Print the calendar macros and their settings as SQL for your own DuckDB session.

    is_holiday knows the days from --start-date to --end-date.

    [bold]Example[/bold]

    capgen sql > capgen.sql

    duckdb -init capgen.sql -c "select eoq_factor(date '2024-03-31'), is_holiday(date '2024-07-04')"
    """
    from capgen.panel.calendar import macro_tables
    from capgen.sql.script import script_text

    config = resolved.config
    typer.echo(f"-- capgen calendar macros; holidays of {config.start_date} to {config.end_date}\n")
    typer.echo(script_text(macro_tables(config)))
