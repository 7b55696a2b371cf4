"""Measured excitability: the verb `estimate`, its settings and its named rule sets.

The room and its verb share their name, as ``rs.estimate`` is both: the module can be called, and
``renshaw.estimate.delta_f`` and its siblings are its rooms.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from renshaw.data.estimates import Estimates
from renshaw.estimate.rules import RULES, rules
from renshaw.estimate.settings import (
    DeltaFSettings,
    EstimateSettings,
    GeometrySettings,
    RatesSettings,
    SmoothingSettings,
    SpasmSettings,
    VibStimSettings,
)
from renshaw.estimate.verb import estimate

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


class _Verb(ModuleType):
    """A module that is called as its verb, lest importing a room of it hide ``rs.estimate``."""

    __doc__ = __doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Estimates:
        return estimate(*args, **kwargs)


sys.modules[__name__].__class__ = _Verb
