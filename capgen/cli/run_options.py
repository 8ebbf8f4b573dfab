"""How work is run: options that commands share, and how their values are read."""

import re

import typer

_UNITS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_SIZE = re.compile(r"(\d+(?:\.\d+)?) *([kmg]i?b|b)?")


def positive_whole_number(text: str | int) -> int:
    """Read an option's value.

    Args:
        text: as given.

    Returns:
        A whole number from 1.

    Raises:
        BadParameter: it is none; says what was given.
    """
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise typer.BadParameter(f"expected a whole number from 1, got {text!r}.")
    return number


def number_of_bytes(text: str | int) -> int:
    """Read an option's value.

    Args:
        text: as given, such as `400MB`.

    Returns:
        Bytes, at least one.

    Raises:
        BadParameter: it is no size; says what was given.
    """
    size = _SIZE.fullmatch(str(text).strip().lower())
    if not size or float(size[1]) <= 0:
        raise typer.BadParameter(f"expected a size such as 400MB or 1.5GB, got {text!r}.")
    return round(float(size[1]) * _UNITS[size[2] or "b"])


WORKERS = typer.Option(
    metavar="N",
    help="Threads, or tasks at once; one a processor without it. The data does not depend on it.",
    show_default=False,
    parser=positive_whole_number,
)
ENGINE = typer.Option(
    "--engine",
    metavar="NAME",
    help="Who runs the work: local, this process; ray, the cluster that RAY_ADDRESS names, or one of this machine; "
    "ray://HOST:PORT, that cluster. Every node must have capgen and see the dataset's folder.",
)
MEMORY = typer.Option(
    metavar="SIZE",
    help="Stay within it, such as 400MB: fewer workers, smaller row groups. Without it: 250 MB and 50 MB a worker. "
    "With Ray it is what each worker may take.",
    show_default=False,
    parser=number_of_bytes,
)
FILE_SIZE = typer.Option(
    metavar="SIZE",
    help="Size of a file to aim at; 128MB without it.",
    show_default=False,
    parser=number_of_bytes,
)
REWRITE_PAST = typer.Option(
    "--rewrite-past",
    help="Extend the dataset even where its past values change, as with growth.trend: window.",
)
