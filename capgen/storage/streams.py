"""The streams that a name may stand for: standard output, and other open files."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from capgen.system.paths import StrPath

STANDARD_OUTPUT = "-"
_DESCRIPTOR = re.compile(r"/dev/(?P<name>stdout|stderr)|(?:/dev|/proc/self)/fd/(?P<number>\d+)")
_NUMBERS = {"stdout": 1, "stderr": 2}


def is_standard_output(name: StrPath) -> bool:
    """Tell whether a name stands for standard output, where nothing else may be printed then.

    Args:
        name: the name of a file or stream.
    """
    return descriptor_of(Path(str(name))) == _NUMBERS["stdout"]


@contextmanager
def opened(place: Path) -> Iterator[IO[bytes]]:
    """Open a stream without truncating the file behind it.

    Args:
        place: a pipe, a device, the name of an open file such as `/dev/fd/3`, or `-`.
    """
    if str(place) == STANDARD_OUTPUT:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    descriptor = descriptor_of(place)
    with place.open("wb") if descriptor is None else os.fdopen(os.dup(descriptor), "wb") as file:
        yield file


def descriptor_of(place: Path) -> int | None:
    """Return the number of the open file that a path names; None if it names none.

    Args:
        place: any path.
    """
    if str(place) == STANDARD_OUTPUT:
        return _NUMBERS["stdout"]
    found = _DESCRIPTOR.fullmatch(str(place))
    if found is None:
        return None
    return int(found["number"] or _NUMBERS[found["name"]])
