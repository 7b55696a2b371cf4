"""Measured excitability: the verb `estimate`, its settings and its named rule sets."""

from __future__ import annotations

from renshaw.data.averages import Average, mean_of, median_of
from renshaw.data.estimates import Estimate
from renshaw.data.reasons import Reason, Reasons
from renshaw.estimation.around_stimuli.settings import PeristimulusSettings
from renshaw.estimation.behavior.catalog import FIRING_QUANTITIES
from renshaw.estimation.behavior.measured import Firing, firing, firing_of
from renshaw.estimation.behavior.scaled import in_pct_mvc
from renshaw.estimation.behavior.settings import FiringSettings
from renshaw.estimation.contractions.contractions import Contraction, Contractions
from renshaw.estimation.contractions.over_contractions import over_contractions
from renshaw.estimation.estimate import estimate
from renshaw.estimation.multiverse import Multiverse, MultiverseSettings
from renshaw.estimation.peristimulus import Peristimulus, peristimulus
from renshaw.estimation.settings import (
    RULES,
    ContractionSettings,
    DeltaFSettings,
    EndsSettings,
    EstimateSettings,
    GeometrySettings,
    RatesSettings,
    SmoothingSettings,
    SpasmSettings,
    VibStimSettings,
    rules,
)

__all__ = [
    "FIRING_QUANTITIES",
    "RULES",
    "Average",
    "Contraction",
    "ContractionSettings",
    "Contractions",
    "DeltaFSettings",
    "EndsSettings",
    "Estimate",
    "EstimateSettings",
    "Firing",
    "FiringSettings",
    "GeometrySettings",
    "Multiverse",
    "MultiverseSettings",
    "Peristimulus",
    "PeristimulusSettings",
    "RatesSettings",
    "Reason",
    "Reasons",
    "SmoothingSettings",
    "SpasmSettings",
    "VibStimSettings",
    "estimate",
    "firing",
    "firing_of",
    "in_pct_mvc",
    "mean_of",
    "median_of",
    "over_contractions",
    "peristimulus",
    "rules",
]
