"""Therapies designed: the verb `optimize`, its goals and what it finds."""

from __future__ import annotations

from renshaw.optimization.design import Design
from renshaw.optimization.goal import Goal, Rule, SearchSettings, goal_for
from renshaw.optimization.goal_file import built_in_goal, load_goal
from renshaw.optimization.optimize import optimize
from renshaw.optimization.price import Price
from renshaw.optimization.therapy import Therapy

__all__ = [
    "Design",
    "Goal",
    "Price",
    "Rule",
    "SearchSettings",
    "Therapy",
    "built_in_goal",
    "goal_for",
    "load_goal",
    "optimize",
]
