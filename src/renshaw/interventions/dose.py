"""How the effect of a dose saturates, and the settings that say when it was taken."""

from __future__ import annotations

from typing import Any

from renshaw.core.settings import setting

# Two weeks: what is left of any of the drugs then is too little to tell.
_LATEST_h = 336.0
FOLLOWS: str = (
    "That its effect follows the plasma without delay, by the curve of its doses, is an assumption."
)


def share_of_studied(dose: float, half: float, studied: float) -> float:
    """Return the effect of a dose relative to that of the dose that was studied.

    Parameters
    ----------
    dose : float
    half : float
        Dose with half of the largest effect (Emax model with a Hill coefficient of 1).
    studied : float
        Dose whose effect is known, at which 1 is returned.
    """
    return dose / (dose + half) * (studied + half) / studied


def saturating(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """Return the largest effect, and what brings half of it, of the curve through two points.

    Parameters
    ----------
    first, second : tuple of float
        Dose or concentration, and its effect (Emax model with a Hill coefficient of 1).
    """
    (low, less), (high, more) = first, second
    half = low * high * (more - less) / (less * high - more * low)
    return less * (low + half) / low, half


def dose_time(empty: str) -> Any:
    """Declare the setting of a drug that says how long ago it was taken.

    Parameters
    ----------
    empty : str
        What is meant where nobody says.
    """
    return setting(None, f"time since the last dose (empty: {empty})", unit="h", ge=0, le=_LATEST_h)


def doses_a_day(usual: int) -> Any:
    """Declare the setting of a drug that says into how many doses a day's is divided.

    Parameters
    ----------
    usual : int
    """
    return setting(
        usual, "doses a day, at equal intervals (counts with a time)", unit="1/day", ge=1, le=24
    )
