"""The options that say which days of saturation are asked for."""

import typer

from capgen.cli.moments import day

RULE = typer.Option(
    "--rule",
    metavar="RULE",
    help="What reaches the limit: each value by default; or mean, max or a percentile of days or "
    "hours, such as 'p95 of 7 days' or 'mean of 24 hours'.",
    show_default=False,
)
SINCE = typer.Option(
    "--from",
    metavar="DAY",
    help="First day that is not known; by default the one after the data's last, where --until "
    "lies beyond it, else the data's first.",
    show_default=False,
    parser=day,
)
UNTIL = typer.Option(
    "--until",
    metavar="DAY",
    help="Last day, which may lie after the data's; by default that.",
    show_default=False,
    parser=day,
)
DRAWS = typer.Option(metavar="N", help="Number of futures; 0 leaves them out.", min=0)
