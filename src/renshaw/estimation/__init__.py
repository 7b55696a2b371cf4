"""Measured excitability: the verb `estimate`, its settings and its named rule sets."""

from __future__ import annotations

from renshaw.estimation.estimate import estimate
from renshaw.estimation.rules import RULES, rules
from renshaw.estimation.settings import (
    DeltaFSettings,
    EstimateSettings,
    GeometrySettings,
    RatesSettings,
    SmoothingSettings,
    SpasmSettings,
    VibStimSettings,
)

__all__ = [
    "RULES",
    "DeltaFSettings",
    "EstimateSettings",
    "GeometrySettings",
    "RatesSettings",
    "SmoothingSettings",
    "SpasmSettings",
    "VibStimSettings",
    "estimate",
    "rules",
]
