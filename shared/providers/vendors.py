"""Vendors of one kind of service: which setting connects each, and which module speaks to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from shared.settings import Settings


@dataclass(frozen=True)
class Vendor:
    """A vendor, connected where `setting` has a value. Its module, imported at first use, defines `by_settings`.

    With `may_be_empty` an empty value connects it too: a model on one's own machine needs no key.
    """

    setting: str
    module: str
    may_be_empty: bool = False

    def connected(self, config: Settings) -> bool:
        value = getattr(config, self.setting)
        return bool(value) or (self.may_be_empty and value is not None)

    def by_settings(self, config: Settings) -> Any:
        return import_module(self.module).by_settings(config)


def vertex_host(location: str) -> str:
    """The host of Vertex AI in a place: a region, `global`, or the multi-regions `us` and `eu`."""
    if location in ("us", "eu"):
        return f"aiplatform.{location}.rep.googleapis.com"
    return "aiplatform.googleapis.com" if location == "global" else f"{location}-aiplatform.googleapis.com"


def first_connected(vendors: Sequence[Vendor], config: Settings) -> Vendor | None:
    """The vendor that is used: the first of those that are connected."""
    return next((vendor for vendor in vendors if vendor.connected(config)), None)
