"""What the tables of a design are, for whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping

from renshaw.core.checked_table import Column, Shape, shape
from renshaw.optimization.therapy import Therapy

_WORDS = {"alternative", "kind", "therapy", "timing", "drug", "person", "parts", "verdict"}
_TRUTHS = {"judged", "allowed", "front", "fresh_allowed"}
_COSTS = ("force_pct", "dose_pct", "discomfort", "charge_mC_per_h")


def _of(names: str, key: tuple[str, ...]) -> Shape:
    columns = (
        Column(
            name,
            "text" if name in _WORDS else "truth" if name in _TRUTHS else "number",
            filled=name in key,
        )
        for name in names.split()
    )
    return Shape(tuple(columns), key)


_THERAPY = " ".join(info.name for info in Therapy.describe() if info.name not in _COSTS)
_FRESH = "fresh_burden fresh_burden_low fresh_burden_high fresh_force_pct fresh_charge_mC_per_h"
# What a table that is not named here holds is not read, only shown.
SHAPES: Mapping[str, Shape] = {
    "trials": _of(
        f"number kind therapy {_THERAPY} burden {' '.join(_COSTS)} judged allowed front",
        ("number",),
    ),
    "alternatives": _of(
        f"alternative kind therapy burden {' '.join(_COSTS)} {_FRESH} fresh_allowed",
        ("alternative",),
    ),
    # Here the drug is how much of it.
    "cells": shape(
        key=("stimulation", "relaxation", "drug", "person"),
        stimulation="number",
        relaxation="number",
        drug="number",
        person="text",
        burden="number",
        floor="number",
    ),
    "interactions": _of(
        "parts strength burden untreated floor sum_expected above_sum_low above_sum_high verdict",
        ("parts", "strength"),
    ),
}
