"""Statistics of tidy tables: mixed models as lme4's, reliability, and how many people it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.statistics.agreement import agreement
    from renshaw.statistics.answers import Answer
    from renshaw.statistics.baseline import ancova
    from renshaw.statistics.crossover import crossover
    from renshaw.statistics.formula import FormulaError
    from renshaw.statistics.icc import icc
    from renshaw.statistics.mixed import MixedModel, mixed_model
    from renshaw.statistics.n_of_1 import n_of_1
    from renshaw.statistics.nested_models import compare_models
    from renshaw.statistics.pilot import Pilot, pilot
    from renshaw.statistics.power import Power
    from renshaw.statistics.quantities import main_answers
    from renshaw.statistics.randomization import (
        Randomization,
        RandomizationSettings,
        randomization,
    )
    from renshaw.statistics.reliability import Reliability
    from renshaw.statistics.repeated_correlation import repeated_correlation
    from renshaw.statistics.settings import MixedModelSettings
    from renshaw.statistics.tables import read_table
    from renshaw.statistics.trial import Trial
else:
    __getattr__, __dir__ = door(__name__)

__all__ = [
    "Answer",
    "FormulaError",
    "MixedModel",
    "MixedModelSettings",
    "Pilot",
    "Power",
    "Randomization",
    "RandomizationSettings",
    "Reliability",
    "Trial",
    "agreement",
    "ancova",
    "compare_models",
    "crossover",
    "icc",
    "main_answers",
    "mixed_model",
    "n_of_1",
    "pilot",
    "randomization",
    "read_table",
    "repeated_correlation",
]
