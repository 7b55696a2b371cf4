"""The fit of the virtual person: a program that anyone can run again.

Targets and bounds are declared in files (`targets.toml`, the table of parameters); evaluations are
kept on disk; what comes out is an ensemble of persons that explain the data, not one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.calibration.arms import EffectsFitSettings
    from renshaw.calibration.fit import Fit, FitSettings, fit_person
else:
    __getattr__, __dir__ = door(__name__)

__all__ = ["EffectsFitSettings", "Fit", "FitSettings", "fit_person"]
