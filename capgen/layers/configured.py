"""What is configured under a key: where its settings stand, and what may be wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sized
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, ClassVar, Generic, TypeVar

from capgen.layers.known import Known

Settings = TypeVar("Settings")
_OF_ARCHETYPE = "archetypes.*."


class Configured(Generic[Settings]):
    """What has settings under a key. It is on where they are there and not empty.

    Attributes:
        name: name by which it is known.
        key: where its settings stand; `archetypes.*.x` for a setting of each archetype.
        example: settings as YAML, to show and to try; empty where they are always there.
    """

    name: ClassVar[str]
    key: ClassVar[str]
    example: ClassVar[str] = ""

    @cached_property
    def is_of_archetype(self) -> bool:
        """Whether each archetype has settings of its own."""
        return self.key.startswith(_OF_ARCHETYPE)

    def settings_in(self, config: Any, archetype: Any = None) -> Settings | None:
        """Return its settings; None where it is off.

        Args:
            config: the panel's configuration.
            archetype: one of its archetypes; without one, settings of archetypes are not found.
        """
        if self.is_of_archetype and archetype is None:
            return None
        found = _getter(self.key)(archetype if self.is_of_archetype else config)
        is_empty = found is None or (isinstance(found, Sized) and len(found) == 0)
        settings: Settings | None = None if is_empty else found
        return settings

    def path(self, archetype: str = "") -> str:
        """Return where its settings stand.

        Args:
            archetype: name of the one whose settings they are.
        """
        return self.key.replace("*", archetype)

    def problems(self, settings: Settings, known: Known) -> Iterator[str]:
        """Yield what is wrong with the settings beside the rest of the configuration."""
        yield from ()


@cache
def _getter(key: str) -> Callable[[Any], Any]:
    return attrgetter(key.removeprefix(_OF_ARCHETYPE))
