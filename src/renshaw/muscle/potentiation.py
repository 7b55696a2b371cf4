"""Potentiation: twitches grow while a unit is active, and stay larger for a minute.

Twitches of the human tibialis anterior grow most after a maximal effort of 10 s, and more than
those of the plantar flexors (Vandervoort et al. 1983, doi:10.1016/0014-4886(83)90163-2). After a
tetanus they are 45 % larger, a minute later 28 % (O'Leary et al. 1997,
doi:10.1152/jappl.1997.83.6.2131). Potentiation is taken to be in full effect where twitches are
single and gone where they fuse, so that it adds nothing to a maximal effort: an assumption.

Each discharge closes a share of what is missing, which takes 5 s at 10 pps; in between,
potentiation wears off with a time constant of 60 s.
"""

from __future__ import annotations

from math import exp

from renshaw.core.equations import equation

SHARE_OF_A_DISCHARGE: float = 0.02
DECAY_s: float = 60.0
# A unit that fires at this rate has half of its potentiation left.
HALF_LEFT_AT_pps: float = 25.0


@equation
def potentiated(potentiation: float, silent_s: float) -> float:
    """Return how far potentiation is (0 to 1) at a discharge that follows a silence."""
    left = potentiation * exp(-silent_s / DECAY_s)
    return left + SHARE_OF_A_DISCHARGE * (1.0 - left)


@equation
def twitch_growth(largest: float, potentiation: float, rate_pps: float) -> float:
    """Return by what a twitch is multiplied at a rate of discharge.

    `largest` is the share by which a single, fully potentiated twitch is larger.
    """
    fused = (rate_pps / HALF_LEFT_AT_pps) ** 4
    return 1.0 + largest * potentiation / (1.0 + fused)
