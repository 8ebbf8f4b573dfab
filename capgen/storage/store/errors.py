"""Says in one line what a store refused, without the store's own words: they may hold a secret."""

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
    "SlowDown": (
        "the store asks to slow down, after several tries; use fewer --workers, or try again later"
    ),
    "NoCredentialsError": f"found no credentials; {_CREDENTIALS}",
    "PartialCredentialsError": f"found a part of the credentials; {_CREDENTIALS}",
    "ProfileNotFound": "there is no such profile; check AWS_PROFILE",
    "TokenRetrievalError": "the credentials have expired; log in again",
    "UnauthorizedSSOTokenError": "the credentials have expired; log in again",
}
_UNREACHABLE = re.compile(r"Connect|Timeout|Closed|Endpoint|Proxy|SSL|Reset|Disconnected")
_RAISED = re.compile(r"^(?:\w+\.)*(\w+)(?::|$)", re.MULTILINE)
_MOST_SAID = 200  # characters of a library's own reason
_FORBIDDEN = {"401", "403", "Forbidden"}
_FAILED = {"500", "502", "503", "504", "InternalError", "ServiceUnavailable"}


@contextmanager
def plain_errors(place: Path) -> Iterator[None]:
    """Turn what a store's library raises into an OSError of one line.

    Args:
        place: the place to read or write. Errors of a local place, and errors about a missing
            object, pass unchanged.

    Raises:
        OSError: the store refused, or cannot be reached.
    """
    try:
        yield
    except CapgenError:
        raise
    except Exception as error:
        if not is_store(place) or not _is_of_store(error):
            raise
        raise OSError(errno.EIO, reason_of(error), str(place)) from None


def _is_of_store(error: Exception) -> bool:
    """Tell whether an error is the store's, and more than that an object is missing."""
    if not isinstance(error, OSError):
        return type(error).__module__.partition(".")[0] in _LIBRARIES
    if isinstance(error, FileNotFoundError) and code_of(error) != "NoSuchBucket":
        return False
    return not error.filename  # with a name it is about a local file, or in plain words already


def reading_reason(error: Exception) -> str:
    """Return why DuckDB or Arrow could not read.

    Args:
        error: their error. It contains the Python traceback of what a store's library raised.
    """
    text = str(error)
    if "Traceback (most recent call last)" not in text:
        return text
    name = _RAISED.findall(text)[-1]
    if name == PermissionError.__name__:
        return _REASONS["AccessDenied"]
    return f"the store could not be read ({name})"


def unread(error: Exception) -> str:
    """Return in one line why a dataset's files could not be read, and the way out.

    Args:
        error: as in `reading_reason`.
    """
    reason = reading_reason(error)
    if reason != str(error):
        return reason
    return f"{' '.join(reason.split())[:_MOST_SAID]}; capgen verify names altered files"


def code_of(error: BaseException) -> str:
    """Return the store's code for what went wrong, or the name of the error.

    Args:
        error: what a store's library raised.
    """
    response: Any = getattr(error, "response", None) or getattr(error.__cause__, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return code if isinstance(code, str) and code.isalnum() else type(error).__name__


def is_taken(error: OSError) -> bool:
    """Tell whether an object could not be made because its name is taken.

    Args:
        error: what a store's library raised on writing.
    """
    return isinstance(error, FileExistsError) or code_of(error) in {
        "PreconditionFailed",
        "ConditionalRequestConflict",
    }


def reason_of(error: BaseException) -> str:
    """Return what went wrong and the way out.

    Args:
        error: what a store's library raised.
    """
    code = code_of(error)
    if code in _REASONS:
        return _REASONS[code]
    if code in _FORBIDDEN or isinstance(error, PermissionError):
        return _REASONS["AccessDenied"]
    if code in _FAILED:
        return f"the store failed ({code}), after several tries; try again later"
    name = type(error).__name__
    if isinstance(error, TimeoutError | ConnectionError) or _UNREACHABLE.search(name):
        return (
            f"the store cannot be reached ({name}); check the network, and AWS_ENDPOINT_URL if set"
        )
    return f"the store refused ({code})"
