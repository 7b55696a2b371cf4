"""For packages that add a kind of their own: registers, and what becomes of a failing plug-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.core.citations import CITATIONS, Citation
    from renshaw.core.finding import FINDERS, Finder
    from renshaw.core.kinds import Kind, PluginWarning, Register, RegisterByNoun, Skipped
    from renshaw.estimation.quantity import QUANTITIES, Quantity
    from renshaw.interventions import INTERVENTIONS, Drug, Intervention
    from renshaw.io import (
        FORMATS,
        Channel,
        Format,
        Probe,
        Refusal,
        check_format,
        common_losses,
        motor_units,
        raw_recording,
    )
    from renshaw.model.conditions import CONDITIONS, CordCondition
    from renshaw.protocols import PROTOCOLS, Protocol
    from renshaw.reports.page import PAGES, Content, Page, Section
    from renshaw.validation.target import TARGET_GROUPS, Target, TargetGroup
else:
    __getattr__, __dir__ = door(__name__)

__all__ = [
    "CITATIONS",
    "CONDITIONS",
    "FINDERS",
    "FORMATS",
    "INTERVENTIONS",
    "PAGES",
    "PROTOCOLS",
    "QUANTITIES",
    "TARGET_GROUPS",
    "Channel",
    "Citation",
    "Content",
    "CordCondition",
    "Drug",
    "Finder",
    "Format",
    "Intervention",
    "Kind",
    "Page",
    "PluginWarning",
    "Probe",
    "Protocol",
    "Quantity",
    "Refusal",
    "Register",
    "RegisterByNoun",
    "Section",
    "Skipped",
    "Target",
    "TargetGroup",
    "check_format",
    "common_losses",
    "motor_units",
    "raw_recording",
]
