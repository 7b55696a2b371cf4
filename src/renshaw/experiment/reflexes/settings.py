"""What all reflex tests have in common: how often, in whom, at rest or during a contraction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import Settings, setting


@dataclass(frozen=True, kw_only=True)
class ReflexSettings(Settings):
    """Base of the settings of all reflex tests.

    Attributes
    ----------
    name, title : str
        What the command line and the page call it.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""

    repeats: int = setting(
        8, "reflexes for each point, each with its own synaptic noise", ge=1, le=200
    )
    pulse_ms: float = setting(1.0, "width of a pulse", unit="ms", ge=0.05, le=2)
    background_pct_mvc: float = setting(
        0.0, "contraction meanwhile (0: at rest)", unit="% MVC", ge=0, le=60
    )
