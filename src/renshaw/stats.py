"""Statistics of tidy tables: mixed models as lme4's, reliability, and how many people it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.statistics.formula import FormulaError
    from renshaw.statistics.mixed import MixedModel, mixed_model
    from renshaw.statistics.power import Power
    from renshaw.statistics.reliability import Reliability
    from renshaw.statistics.settings import MixedModelSettings
    from renshaw.statistics.tables import read_table
else:
    __getattr__, __dir__ = door(__name__)

__all__ = [
    "FormulaError",
    "MixedModel",
    "MixedModelSettings",
    "Power",
    "Reliability",
    "mixed_model",
    "read_table",
]
