"""How the effect of a dose saturates."""

from __future__ import annotations


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
