"""What a finished design found, as the page draws it: the recommended, the others, the front."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from renshaw.app.design.kind import PLAN
from renshaw.core.errors import ReadError, SettingsError
from renshaw.core.received import text_of
from renshaw.core.toml import read_toml
from renshaw.figures import Figure
from renshaw.optimization.design import RECOMMENDED, Design
from renshaw.optimization.goal import Goal
from renshaw.optimization.goal_file import load_goal
from renshaw.optimization.rule import rule_words
from renshaw.optimization.shapes import SHAPES
from renshaw.optimization.therapy import FORESEEN, NOTHING, Therapy
from renshaw.reports.design_sections import NO_COMBINATION
from renshaw.reports.figures.design import COSTS, interaction_map, pareto_front
from renshaw.reports.findings_file import read_findings
from renshaw.study.tables import read_table

_NUMBERS = ("burden", *(name for name, *_ in COSTS))
_FRESH = ("burden", "burden_low", "burden_high", "force_pct", "charge_mC_per_h")
_MOST_POINTS = 2000


def front_of(folder: Path) -> dict[str, Any]:
    """Return everything that the page of a finished design shows.

    Raises
    ------
    ReadError
        A table is missing or is not one of a design.
    """
    goal = load_goal(folder / PLAN)
    try:
        trials = _read(folder, "trials")
        others = _read(folder, "alternatives")
        untreated = float(others.loc[others["alternative"] == NOTHING, "burden"].iloc[0])
        fresh = float(others.loc[others["alternative"] == NOTHING, "fresh_burden"].iloc[0])
        return {
            "findings": read_findings(folder),
            "heading": goal.heading,
            "rule": rule_words(goal.rule),
            "recommended": _recommended(folder, others),
            "alternatives": [_alternative(row, fresh) for row in others.to_dict("records")],
            "axes": [
                {"name": name, "title": title, "unit": unit} for name, title, unit, *_ in COSTS
            ],
            "figure": figure_of(folder, "front").to_plain(),
            "points": _points(trials, others, goal, untreated),
        }
    except ReadError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, SettingsError) as error:
        raise ReadError(
            f"The tables of this design can't be understood ({type(error).__name__}): go on with "
            "it, or run it again."
        ) from None


def figure_of(folder: Path, name: str) -> Figure:
    """Return a figure of a finished design: ``"front"`` or ``"map"``.

    Raises
    ------
    ReadError
        Its tables are missing or are not those of a design, or there is no such figure.
    """
    if name not in _FIGURES:
        raise ReadError("There is no such figure.")
    try:
        return _FIGURES[name](folder)
    except ReadError:
        raise
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ReadError(
            f"There is nothing of this design to draw ({type(error).__name__})."
        ) from None


def _front(folder: Path) -> Figure:
    trials, alternatives = (_read(folder, name) for name in ("trials", "alternatives"))
    return pareto_front(replace(_empty(folder), trials=trials, alternatives=alternatives))


def _map(folder: Path) -> Figure:
    try:
        cells, interactions = (_read(folder, name) for name in ("cells", "interactions"))
    except ReadError:
        raise ReadError(NO_COMBINATION) from None
    return interaction_map(replace(_empty(folder), cells=cells, interactions=interactions))


def _empty(folder: Path) -> Design:
    none = pd.DataFrame()
    goal = load_goal(folder / PLAN)
    return Design(goal, {}, none, none, none, none, none, none, none, {}, (), ())


def _read(folder: Path, name: str) -> pd.DataFrame:
    return read_table(folder, name, SHAPES, "Go on with the design, or run it again.")


_FIGURES: dict[str, Callable[[Path], Figure]] = {"front": _front, "map": _map}


def _recommended(folder: Path, others: pd.DataFrame) -> dict[str, Any]:
    row = others.loc[others["alternative"] == RECOMMENDED].iloc[0]
    found = read_toml(text_of(folder / "recommended.toml"))
    given = {key: [str(each) for each in found.get(key, [])] for key in _SITUATIONS}
    return {"therapy": str(row["therapy"]), "kind": str(row["kind"]), "given": given}


_SITUATIONS = ("given", "at_night", "moving")


def _alternative(row: dict[Any, Any], untreated: float) -> dict[str, Any]:
    return {
        "name": str(row["alternative"]),
        "therapy": str(row["therapy"]),
        "within": bool(row["fresh_allowed"]),
        "left_pct": 100.0 * float(row["fresh_burden"]) / untreated if untreated > 0 else None,
        **{name: float(row[name]) for name in _NUMBERS},
        **{f"fresh_{name}": float(row[f"fresh_{name}"]) for name in _FRESH},
    }


def _points(
    trials: pd.DataFrame, others: pd.DataFrame, goal: Goal, untreated: float
) -> list[dict[str, Any]]:
    judged = trials[trials["judged"].astype(bool)].head(_MOST_POINTS)
    names = {str(row["therapy"]): str(row["alternative"]) for row in others.to_dict("records")}
    return [
        {
            "kind": str(row["kind"]),
            "therapy": str(row["therapy"]),
            "chosen": names.get(str(row["therapy"]), ""),
            "front": bool(row["front"]),
            "allowed": bool(row["allowed"]),
            "left_pct": 100.0 * float(row["burden"]) / untreated if untreated > 0 else None,
            "given": _given(row, goal),
            **{name: float(row[name]) for name in _NUMBERS},
        }
        for row in judged.to_dict("records")
    ]


def _given(row: dict[Any, Any], goal: Goal) -> list[str]:
    """Return a therapy in the words of ``--given``."""
    values = {info.name: row[info.name] for info in Therapy.describe()}
    plain = {k: str(v) if isinstance(v, str) else float(v) for k, v in values.items()}
    therapy = Therapy(**plain)  # type: ignore[arg-type]
    return [each.as_text() for each in therapy.given(FORESEEN, goal.test, goal.price)]
