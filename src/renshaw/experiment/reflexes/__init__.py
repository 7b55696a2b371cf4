"""Reflexes of a simulated person, tested as clinical neurophysiology does."""

from __future__ import annotations

from renshaw.experiment.reflexes.ashworth import AshworthSettings
from renshaw.experiment.reflexes.clonus import ClonusSettings
from renshaw.experiment.reflexes.conditioning import ConditionedSettings
from renshaw.experiment.reflexes.depression import DepressionSettings
from renshaw.experiment.reflexes.h_reflex import HReflexSettings
from renshaw.experiment.reflexes.reciprocal import ReciprocalSettings
from renshaw.experiment.reflexes.recurrent import RecurrentSettings
from renshaw.experiment.reflexes.register import REFLEXES, reflex
from renshaw.experiment.reflexes.result import Outcome, Reflex
from renshaw.experiment.reflexes.settings import ReflexSettings
from renshaw.experiment.reflexes.stretch import StretchSettings
from renshaw.experiment.reflexes.tap import TapSettings

__all__ = [
    "REFLEXES",
    "AshworthSettings",
    "ClonusSettings",
    "ConditionedSettings",
    "DepressionSettings",
    "HReflexSettings",
    "Outcome",
    "ReciprocalSettings",
    "RecurrentSettings",
    "Reflex",
    "ReflexSettings",
    "StretchSettings",
    "TapSettings",
    "reflex",
]
