"""The options for running work that commands share, and the parsers of their values."""

import re

import typer

_UNITS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_SIZE = re.compile(r"(\d+(?:\.\d+)?) *([kmg]i?b|b)?")


def positive_whole_number(text: str | int) -> int:
    """Read an option's value that is a whole number from 1.

    Args:
        text: the value as the user wrote it.

    Raises:
        BadParameter: the value is not such a number.
    """
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise typer.BadParameter(f"expected a whole number from 1, got {text!r}.")
    return number


def number_of_bytes(text: str | int) -> int:
    """Read an option's value that is a size.

    Args:
        text: the value as the user wrote it, such as `400MB`.

    Returns:
        Number of bytes.

    Raises:
        BadParameter: the value is not a size above 0.
    """
    size = _SIZE.fullmatch(str(text).strip().lower())
    if not size or float(size[1]) <= 0:
        raise typer.BadParameter(f"expected a size such as 400MB or 1.5GB, got {text!r}.")
    return round(float(size[1]) * _UNITS[size[2] or "b"])


WORKERS = typer.Option(
    metavar="N",
    help=(
        "Number of threads, or of tasks at one time; by default one for each processor. "
        "The data does not depend on it."
    ),
    show_default=False,
    parser=positive_whole_number,
)
ENGINE = typer.Option(
    "--engine",
    metavar="NAME",
    help=(
        "What runs the work: local for this process; ray for the cluster that RAY_ADDRESS names, "
        "or else one on this machine; ray://HOST:PORT for another cluster. "
        "Every node must have capgen and see the dataset's folder."
    ),
)
MEMORY = typer.Option(
    metavar="SIZE",
    help=(
        "Memory to stay within, such as 400MB, by fewer workers and smaller row groups. "
        "Without it, a build takes 250 MB and 50 MB for each worker. "
        "With Ray it is the memory of each worker."
    ),
    show_default=False,
    parser=number_of_bytes,
)
FILE_SIZE = typer.Option(
    metavar="SIZE",
    help="Size to aim at for each file; by default 128MB.",
    show_default=False,
    parser=number_of_bytes,
)
REWRITE_PAST = typer.Option(
    "--rewrite-past",
    help="Extend the dataset even if its past values change, as with growth.trend: window.",
)
