"""The sections that say where datasets go: below a prefix of an S3 bucket, or below a folder."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from capgen.errors import RequestError
from capgen.settings.types import Section
from capgen.system.paths import StrPath

Env = Literal["local", "sagemaker", "lambda"]

_BASE_PATHS: dict[Env, str] = {
    "local": ".",
    "sagemaker": "/opt/ml/processing/output",
    "lambda": "/tmp",  # noqa: S108
}
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/")


class Storage(Section):
    """Where a folder lies that is given without the whole of its place.

    Attributes:
        bucket: name of the bucket.
        prefix: below which datasets lie in it.
    """

    use_s3: bool = False
    bucket: (
        Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")] | None
    ) = None
    prefix: (
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!_.'()=+,:@~ /-]{1,500}$")] | None
    ) = None
    local_base_path: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _bucket_is_named(self) -> Storage:
        if self.use_s3 and self.bucket is None:
            raise ValueError("expected a bucket beside use_s3")
        return self


class Destination(Section):
    """Where a dataset goes: the part of a configuration that its values do not depend on."""

    out: Annotated[str, Field(min_length=1)]
    env: Env = "local"
    storage: Storage = Field(default_factory=Storage)


def full_name(config: Destination, out: StrPath | None) -> str:
    """Return the path or address at which to build a dataset.

    Args:
        config: the configuration of the panel, or its part about the destination.
        out: the dataset's folder; None for the configuration's `out`. An absolute path or an
            address stays as it is; a relative path lies where the configuration's storage says.

    Raises:
        RequestError: the name is empty.
    """
    name = str(config.out if out is None else out)
    if not name:
        raise RequestError("out: expected the name of a folder, got an empty one")
    if _ADDRESS.match(name) or name.startswith("~") or Path(name).is_absolute():
        return name
    storage = config.storage
    if storage.use_s3:
        prefix = (storage.prefix or "").strip("/")
        places = filter(None, [storage.bucket, prefix])
        return "/".join(["s3:/", *places, *PurePosixPath(name).parts])
    return f"{storage.local_base_path or _BASE_PATHS[config.env]}/{name}"
