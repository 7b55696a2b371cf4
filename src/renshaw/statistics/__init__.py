"""Statistics of tidy tables: mixed models as lme4's, reliability, and how many people it takes."""

from renshaw.statistics.formula import FormulaError
from renshaw.statistics.mixed import MixedModel, mixed_model
from renshaw.statistics.settings import MixedModelSettings
from renshaw.statistics.tables import read_table

__all__ = ["FormulaError", "MixedModel", "MixedModelSettings", "mixed_model", "read_table"]
