"""The typed configuration: every number of the model, checked before any work starts."""

from __future__ import annotations

from pydantic import model_validator

from capgen.config import rules
from capgen.config.fields import ConfigFields
from capgen.layers import LAYERS
from capgen.layers.layer import Layer

_OF_PANEL = "layers."


class Config(ConfigFields):
    """A whole, valid configuration; `load_config` makes one."""

    @model_validator(mode="after")
    def _parts_agree(self) -> Config:
        rules.check(self)
        return self

    def without(self, *layers: Layer[object]) -> Config:
        """Return the configuration of the same panel without some layers.

        Args:
            layers: layers of the panel, not of an archetype.
        """
        off = {layer.key.removeprefix(_OF_PANEL): None for layer in layers}
        return self.model_copy(update={"layers": self.layers.model_copy(update=off)})

    def clean_twin(self) -> Config:
        """Return the configuration of the same panel without incidents and wrong or lost values."""
        clean = {}
        for layer in LAYERS:
            settings = layer.settings_in(self)
            if settings is not None and layer.key.startswith(_OF_PANEL):
                clean[layer.key.removeprefix(_OF_PANEL)] = layer.clean(settings)
        return self.model_copy(update={"layers": self.layers.model_copy(update=clean)})
