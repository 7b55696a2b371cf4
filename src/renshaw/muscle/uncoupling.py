"""Uncoupling: what dantrolene takes from a twitch, and hardly from a fused contraction.

Dantrolene lets less calcium go in a muscle fiber: single twitches of a human thumb muscle lose 64 %
of their force, contractions at 50 pps nothing that could be told, and the action potentials of
the fibers are as before (Miglietta 1977, Am J Phys Med 56:293, abstract read). Between, a twitch
loses

    lost / (1 + (rate / 25 pps)^4),

and a seventeenth of that at 50 pps. That the loss halves at 25 pps, and how steeply, are
assumptions.
"""

from __future__ import annotations

from renshaw.core.equations import equation

# A unit that fires at this rate loses half of what a single twitch loses.
HALF_LOST_AT_pps: float = 25.0


@equation
def force_left(lost: float, rate_pps: float) -> float:
    """Return the share of its force that a twitch has left at a rate of discharge.

    `lost` is the share that a single twitch has lost.
    """
    return 1.0 - lost / (1.0 + (rate_pps / HALF_LOST_AT_pps) ** 4)
