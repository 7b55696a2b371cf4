"""Do people differ in how they change? The random effects that the design asks for.

A rung of the ladder is tried for each fixed effect that varies within a grouping and is replicated
there.

- Clusters ``(1 | participant:time)`` let every person respond in an own way. Where a person has
  several rows that are alike in all conditions (units, trials), the design decides that there are
  clusters, and only a variance that is estimated as 0 takes one away.
- Where an effect is replicated across the other conditions only (each person once in every cell of
  time and side; plots of a block), clusters are asked for, too, but the data may do without them
  (`by_chance`). Where they would leave nothing for the residual, as in a block that holds half of a
  factorial, they are the residual, and no terms of their own.
- Slopes ``(1 + time | participant)`` let the responses to several levels be correlated and of
  different spread. They take the place of clusters where Akaike's criterion is lower; slopes of
  numbers stay unless the data may do without them.
"""

from __future__ import annotations

from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.structure.clusters import is_too_large, with_clusters
from renshaw.statistics.structure.layout import Layout
from renshaw.statistics.structure.random_terms import Random
from renshaw.statistics.structure.slopes import slopes, with_slope
from renshaw.statistics.structure.tried import RESIDUAL, Considered, Refit, Tried

__all__ = ["Considered", "Random", "Tried", "climbed", "structures"]


def structures(asked: Fit, layout: Layout, refit: Refit) -> tuple[Fit, Considered]:
    """Climb the ladder.

    Parameters
    ----------
    asked : Fit
        The model as it was written.
    layout : Layout
    refit : function
        Fits another formula to the same rows in the same way.

    Returns
    -------
    Fit
        The structure that the design asks for and the data support.
    Considered
        All that were tried.
    """
    tried = Tried(asked, refit)
    best = climbed(tried, layout)
    return best, tried.considered(best)


def climbed(tried: Tried, layout: Layout) -> Fit:
    """Return the structure that the design asks for and the data support."""
    asked = best = tried.asked
    proposal = with_clusters(asked, layout)
    if is_too_large(asked, layout, proposal.random):
        tried.leave(proposal.random, "not tried: too many crossed levels")
        return asked
    if proposal.residual:
        tried.leave(proposal.residual, RESIDUAL)
    if proposal.random != asked.formula.random and (fit := tried.fit(proposal.random)) is not None:
        best = tried.needed(tried.settled(fit), proposal.across)
    for slope in slopes(best, layout):
        for candidate in with_slope(best.formula.random, slope):
            other = tried.fit(candidate)
            if other is not None and (held := tried.held(other, best, slope)) is not None:
                best = held
                break
    return best
