"""Statistics of tidy tables: mixed models as lme4's, reliability, and how many people it takes."""

from renshaw.statistics.formulas.formula import FormulaError
from renshaw.statistics.mixed import MixedModel, mixed_model
from renshaw.statistics.planning.plan_settings import PlanSettings
from renshaw.statistics.planning.power import Power, plan
from renshaw.statistics.reading.tables import read_table
from renshaw.statistics.settings import MixedModelSettings
from renshaw.statistics.trials.reliability import Reliability, reliability

__all__ = [
    "FormulaError",
    "MixedModel",
    "MixedModelSettings",
    "PlanSettings",
    "Power",
    "Reliability",
    "mixed_model",
    "plan",
    "read_table",
    "reliability",
]
