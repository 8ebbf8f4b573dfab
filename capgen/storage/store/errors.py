"""Says in one line what a store refused.

It repeats no word of the store's own: there might be a secret in it.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from capgen.errors import CapgenError
from capgen.storage.location import is_store

_LIBRARIES = {"adlfs", "aiobotocore", "aiohttp", "azure", "botocore", "gcsfs", "google"}
_CREDENTIALS = (
    "check the environment (for S3 AWS_ACCESS_KEY_ID, AWS_PROFILE) or the role of the machine"
)
_REASONS = {
    "AccessDenied": f"access denied; {_CREDENTIALS}, and what the bucket allows",
    "ExpiredToken": "the credentials have expired; get new ones",
    "InvalidAccessKeyId": f"the store does not know the access key; {_CREDENTIALS}",
    "InvalidToken": f"the store refuses the session token; {_CREDENTIALS}",
    "NoSuchBucket": "there is no such bucket; make it first, or name another",
    "SignatureDoesNotMatch": f"the secret key is not the access key's; {_CREDENTIALS}",
    "SlowDown": "the store asks to slow down, after several tries; use fewer --workers, "
    "or try again later",
    "NoCredentialsError": f"found no credentials; {_CREDENTIALS}",
    "PartialCredentialsError": f"found a part of the credentials; {_CREDENTIALS}",
    "ProfileNotFound": "there is no such profile; check AWS_PROFILE",
    "TokenRetrievalError": "the credentials have expired; log in again",
    "UnauthorizedSSOTokenError": "the credentials have expired; log in again",
}
_UNREACHABLE = re.compile(r"Connect|Timeout|Closed|Endpoint|Proxy|SSL|Reset|Disconnected")
_RAISED = re.compile(r"^(?:\w+\.)*(\w+)(?::|$)", re.MULTILINE)
_FORBIDDEN = {"401", "403", "Forbidden"}
_FAILED = {"500", "502", "503", "504", "InternalError", "ServiceUnavailable"}


@contextmanager
def plain_errors(place: Path) -> Iterator[None]:
    """Turn what a store's library raises into an OSError of one line.

    Args:
        place: that is read or written. Errors of a local one, and of a missing object, pass as they
            are.

    Raises:
        OSError: the store refused, or cannot be reached.
    """
    try:
        yield
    except CapgenError:
        raise
    except Exception as error:
        if not is_store(place) or (
            isinstance(error, FileNotFoundError) and code_of(error) != "NoSuchBucket"
        ):
            raise
        if (
            not isinstance(error, OSError)
            and type(error).__module__.partition(".")[0] not in _LIBRARIES
        ):
            raise
        if isinstance(error, OSError) and error.filename:
            raise  # of a local file, or said already
        raise OSError(errno.EIO, reason_of(error), str(place)) from None


def reading_reason(error: Exception) -> str:
    """Return why DuckDB, or Arrow, could not read.

    Args:
        error: of theirs. What a store's library raised stands in it as the traceback of Python.
    """
    text = str(error)
    if "Traceback (most recent call last)" not in text:
        return text
    name = _RAISED.findall(text)[-1]
    return (
        _REASONS["AccessDenied"]
        if name == PermissionError.__name__
        else f"the store could not be read ({name})"
    )


def code_of(error: BaseException) -> str:
    """Return the store's code for what went wrong, or the name of the error.

    Args:
        error: from a store's library.
    """
    response: Any = getattr(error, "response", None) or getattr(error.__cause__, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return code if isinstance(code, str) and code.isalnum() else type(error).__name__


def is_taken(error: OSError) -> bool:
    """Tell whether an object could not be made because there is one of its name.

    Args:
        error: from writing it.
    """
    return isinstance(error, FileExistsError) or code_of(error) in {
        "PreconditionFailed",
        "ConditionalRequestConflict",
    }


def reason_of(error: BaseException) -> str:
    """Return what went wrong and the way out.

    Args:
        error: from a store's library.
    """
    code = code_of(error)
    if code in _REASONS:
        return _REASONS[code]
    if code in _FORBIDDEN or isinstance(error, PermissionError):
        return _REASONS["AccessDenied"]
    if code in _FAILED:
        return f"the store failed ({code}), after several tries; try again later"
    if isinstance(error, TimeoutError | ConnectionError) or _UNREACHABLE.search(
        type(error).__name__
    ):
        return (
            f"the store cannot be reached ({type(error).__name__}); "
            "check the network, and AWS_ENDPOINT_URL if set"
        )
    return f"the store refused ({code})"
