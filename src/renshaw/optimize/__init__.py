"""Therapies designed: the verb `optimize`, its goals and what it finds.

The room and its verb share their name, as ``rs.optimize`` is both: the module can be called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from renshaw.optimize.design import Design
from renshaw.optimize.goal import Goal, Rule, SearchSettings, goal_for
from renshaw.optimize.price import Price
from renshaw.optimize.therapy import Therapy
from renshaw.optimize.verb import optimize

__all__ = [
    "Design",
    "Goal",
    "Price",
    "Rule",
    "SearchSettings",
    "Therapy",
    "goal_for",
    "optimize",
]


class _Verb(ModuleType):
    """A module that is called as its verb, lest importing a room of it hide ``rs.optimize``."""

    __doc__ = __doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Design:
        return optimize(*args, **kwargs)


sys.modules[__name__].__class__ = _Verb
