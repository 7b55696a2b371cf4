"""Statistics of tidy tables: mixed models as lme4's, reliability, and how many people it takes."""

from renshaw.statistics.formula import FormulaError
from renshaw.statistics.mixed import MixedModel, mixed_model
from renshaw.statistics.plan_settings import PlanSettings
from renshaw.statistics.power import Power, plan
from renshaw.statistics.reliability import Reliability, reliability
from renshaw.statistics.settings import MixedModelSettings
from renshaw.statistics.tables import read_table

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
