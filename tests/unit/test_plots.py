"""`rs.plot` knows a picture of every result and protocol, whatever was imported before."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import renshaw as rs
from renshaw.core.doors import namespaces
from renshaw.core.results import PROVIDERS, Result, _provided, plot
from renshaw.protocols import Protocol
from renshaw.protocols.in_bed import InBed


def public(base: type) -> list[type]:
    places = [rs, *(getattr(rs, name) for name in namespaces())]
    found = [getattr(place, name) for place in places for name in place.__all__]
    kinds = [each for each in found if inspect.isclass(each) and issubclass(each, base)]
    return [kind for kind in dict.fromkeys(kinds) if kind is not base or base is Protocol]


@pytest.mark.parametrize("kind", public(Result), ids=lambda kind: kind.__name__)
def test_every_result_has_a_picture(kind):
    assert _provided(plot, kind) is not plot.dispatch(object)


def test_no_result_is_forgotten():
    names = {kind.__name__ for kind in public(Result)}
    assert {
        "Recording",
        "Estimates",
        "Effort",
        "Night",
        "ModelValidation",
        "SeedsValidation",
        "EstimatorValidation",
    } <= names


@pytest.mark.parametrize(
    "protocol",
    [
        *(kind() for kind in public(Protocol) if kind not in (Protocol, rs.protocols.Stimulated)),
        InBed(),
        rs.ReciprocalInhibition().edit(rs.Participant(), rs.Ramp())[1],
    ],
    ids=lambda protocol: type(protocol).__name__,
)
def test_every_protocol_has_a_picture_of_itself(protocol):
    assert rs.plot(protocol).axes


CODE = """
import renshaw as rs
from renshaw.core.results import PROVIDERS
import sys
assert not any(name in sys.modules for names in PROVIDERS.values() for name in names)
{}
"""
FRESH = {
    "a current ramp": (
        "assert rs.plot(rs.experiment.current_ramp(rs.model.muscle_pool('TA', 2))).axes"
    ),
    "an acceptance": (
        "import pandas as pd\n"
        "row = ('T1 x', 'y', 'z', 'fitted', 1.0, 2.0, 1.5, 1.2, 1.8, True)\n"
        "from renshaw.validation.model_against_people import TARGET_COLUMNS, ModelValidation\n"
        "table = pd.DataFrame([row], columns=list(TARGET_COLUMNS))\n"
        "assert ModelValidation(table, table).plot().axes"
    ),
    "a night's protocol": (
        "from renshaw.protocols.in_bed import InBed\nassert rs.plot(InBed()).axes"
    ),
}


@pytest.mark.parametrize("code", FRESH.values(), ids=FRESH)
def test_a_picture_needs_no_room_imported_first(code):
    done = subprocess.run([sys.executable, "-c", CODE.format(code)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_stimulated_nerve_has_a_picture():
    assert rs.plot(rs.NerveStimulation(), muscle="TA").axes


def test_providers_are_there_once_each():
    assert all(len(set(names)) == len(names) for names in PROVIDERS.values())


def test_what_has_no_picture_is_told():
    with pytest.raises(TypeError, match="no picture of a int"):
        rs.plot(3)


def test_validation_is_drawn_for_every_truth_that_was_set():
    settings = rs.validation.EstimatorValidationSettings(
        neuromodulation=(0.94, 0.98), inhibition=(1.2, 1.8), repeats=2,
        participant=rs.Participant(n_units=6),
        protocol=rs.Ramp(rise_s=4.0, fall_s=4.0),
    )  # fmt: skip
    axes = rs.plot(rs.validate_estimators(settings)).axes
    assert len(axes) == 6
    labels = {each.get_xlabel() for each in axes}
    assert len(labels) == 2
    assert "Peak rate (pps)" in {each.get_ylabel() for each in axes}
