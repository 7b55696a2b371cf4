"""What the tables of a study are, for whoever reads them: columns, and what tells rows apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from renshaw.core.checked_table import Column, Shape, shape
from renshaw.data.bounds import MeanBound
from renshaw.data.estimates import SHAPE as ESTIMATES

_MEAN_KEY = ("arm", "protocol", "quantity", "units", "participant", "condition", "unit")

_RECORDINGS = shape(
    key=("recording", "arm"),
    older=(
        *("visit", "fingerprint", "notes", "suspected", "decomposed"),
        *("motor_units", "motor_units_doubtful", "channels_bad"),
    ),
    filled=(
        *("recording", "arm", "trial"),
        *("motor_units", "motor_units_doubtful", "channels_bad"),
    ),
    recording="text",
    arm="text",
    participant="text",
    condition="text",
    protocol="text",
    trial="count",
    visit="text",
    analyzed="truth",
    simulated="truth",
    seed="count",
    source="text",
    fingerprint="text",
    notes="text",
    suspected="text",
    decomposed="truth",
    motor_units="count",
    motor_units_doubtful="count",
    channels_bad="count",
)
_MEANS = Shape(
    (
        *(Column(name, filled=name in ("arm", "quantity")) for name in _MEAN_KEY),
        Column("value", "number"),
        Column("bound", needed=False, among=get_args(MeanBound)),
        Column("trials", "count", filled=True),
    ),
    _MEAN_KEY,
)
# What a table that is not named here holds is not read, only shown.
SHAPES: Mapping[str, Shape] = {
    "recordings": _RECORDINGS,
    "unit_means": _MEANS,
    "estimates": ESTIMATES,
    "exclusions": shape(
        key=("quantity", "reason", "reason_codes"),
        older=("reason_codes",),
        filled=("quantity", "times"),
        quantity="text",
        reason="text",
        times="count",
        reason_codes="text",
    ),
    "failures": shape(
        key=("recording", "arm"),
        filled=("recording", "arm"),
        recording="text",
        arm="text",
        reason="text",
    ),
    "participants": shape(key=("arm", "participant"), arm="text", participant="text"),
    "data_dictionary": shape(
        key=("table", "name"),
        filled=("table", "name"),
        table="text",
        name="text",
        unit="text",
        meaning="text",
    ),
}
