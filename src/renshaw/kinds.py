"""For packages that add a kind of their own: registers, and what becomes of a failing plug-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.core.kinds import Kind, PluginWarning, Register, Skipped
    from renshaw.io import FORMATS, Format, Probe, Refusal, check_format
else:
    __getattr__, __dir__ = door(__name__)

__all__ = [
    "FORMATS",
    "Format",
    "Kind",
    "PluginWarning",
    "Probe",
    "Refusal",
    "Register",
    "Skipped",
    "check_format",
]
