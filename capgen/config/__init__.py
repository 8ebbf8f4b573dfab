"""The configuration: typed, frozen, strict, and merged from files, environment and flags."""

from capgen.config.digest import config_digest, model_digest
from capgen.config.loading import Resolved, load_config, resolve
from capgen.config.model import Config

__all__ = ["Config", "Resolved", "config_digest", "load_config", "model_digest", "resolve"]
