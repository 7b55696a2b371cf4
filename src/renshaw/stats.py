"""Statistics of tidy tables: mixed models as lme4's, reliability, and how many people it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.statistics.answers.answer import Answer
    from renshaw.statistics.answers.quantities import main_answers
    from renshaw.statistics.formulas.formula import FormulaError
    from renshaw.statistics.mixed import MixedModel, mixed_model
    from renshaw.statistics.planning.pilot import Pilot, pilot
    from renshaw.statistics.planning.power import Power
    from renshaw.statistics.planning.randomization import (
        Randomization,
        RandomizationSettings,
        randomization,
    )
    from renshaw.statistics.reading.tables import read_table
    from renshaw.statistics.settings import MixedModelSettings
    from renshaw.statistics.trials.agreement import agreement
    from renshaw.statistics.trials.baseline import ancova
    from renshaw.statistics.trials.crossover import crossover
    from renshaw.statistics.trials.icc import icc
    from renshaw.statistics.trials.n_of_1 import n_of_1
    from renshaw.statistics.trials.nested_models import compare_models
    from renshaw.statistics.trials.reliability import Reliability
    from renshaw.statistics.trials.repeated_correlation import repeated_correlation
    from renshaw.statistics.trials.trial import Trial
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
