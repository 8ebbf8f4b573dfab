"""Error numbers by which a file system says that it does not support a step."""

from __future__ import annotations

import errno

NOT_SUPPORTED = {
    errno.EINVAL,
    errno.ENOLCK,
    errno.ENOSYS,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
}
NO_LINKS = {*NOT_SUPPORTED, errno.EMLINK, errno.EPERM, errno.EXDEV}
