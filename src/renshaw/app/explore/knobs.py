"""The knobs: which settings a hand may turn, how far, and the trial that they describe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from renshaw.app.forms import Field, Group, form_of, settings_from
from renshaw.core.errors import SettingsError
from renshaw.core.settings import Settings
from renshaw.interventions import (
    SSRI,
    Baclofen,
    Chlorpromazine,
    Cyproheptadine,
    Intervention,
    ReciprocalInhibition,
    Relaxation,
    Tizanidine,
)
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol, Ramp, SpasmTest, VibStim

Range = tuple[float, float, float]

DRUGS: dict[str, type[Intervention]] = {
    drug.key: drug for drug in (Baclofen, Tizanidine, Cyproheptadine, Chlorpromazine, SSRI)
}
PROTOCOLS: dict[str, tuple[str, Protocol]] = {
    "ramp": ("Ramp", Ramp()),
    "spasm": ("Touch", SpasmTest(watched_s=15.0)),
    "vibstim": ("VibStim", VibStim()),
}
_PERSON = Participant(n_units=20)
_RELAXATION = Relaxation(depth=0.0)
_NERVE = ReciprocalInhibition(frequency_hz=50.0)

# Where a hand finds things, within what the settings allow.
_CORD: dict[str, Range] = {"neuromodulation": (0.7, 1.2, 0.005), "inhibition": (0.0, 4.0, 0.1)}
_WHO: dict[str, Range] = {
    "severity": (0.0, 1.0, 0.05),
    "age_years": (18.0, 90.0, 1.0),
    "n_units": (8.0, 40.0, 4.0),
}
_NERVE_RANGES: dict[str, Range] = {
    "frequency_hz": (1.0, 100.0, 1.0),
    "intensity_xmt": (0.6, 1.6, 0.05),
}
_PROTOCOL_RANGES: dict[str, dict[str, Range]] = {
    "ramp": {"peak_pct_mvc": (5.0, 50.0, 1.0)},
    "spasm": {"input_strength": (0.5, 12.0, 0.5), "watched_s": (5.0, 60.0, 5.0)},
    "vibstim": {"vibration_hz": (20.0, 150.0, 5.0), "evoked_pct_mvc": (0.0, 50.0, 1.0)},
}


# Where the setting's own name says too little among the others.
_LABELS = {
    "participant.neuromodulation": "Neuromodulation (serotonin)",
    "relaxation.depth": "Relaxation",
    "protocol.spasm.input_strength": "Strength of the touch",
    "protocol.spasm.watched_s": "Watched for",
    "participant.n_units": "Motoneurons",
}


@dataclass(frozen=True)
class Scene:
    """What the knobs describe: a person, what she does, and what is done to calm her."""

    participant: Participant
    protocol: Protocol
    given: tuple[Intervention, ...]
    seed: int


@dataclass(frozen=True)
class Choice:
    """A knob that says which of several others there are."""

    name: str
    label: str
    help: str
    options: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True)
class Knobs:
    """All knobs, in the groups in which they are shown."""

    protocol: Choice
    protocols: Mapping[str, Group]
    cord: Group
    relaxation: Group
    nerve: Group
    drug: Choice
    drugs: Mapping[str, Group]
    who: Group

    def fields(self) -> Iterator[Field]:
        """Yield every field that is one setting."""
        groups = (self.cord, self.relaxation, self.nerve, self.who)
        for group in (*groups, *self.protocols.values(), *self.drugs.values()):
            yield from group.fields


@cache
def knobs() -> Knobs:
    """Return the knobs as they stand at first."""
    return Knobs(
        protocol=Choice(
            "protocol",
            "What happens",
            "",
            tuple((key, title) for key, (title, _) in PROTOCOLS.items()),
            "ramp",
        ),
        protocols={
            key: _sliders(protocol, "", f"protocol.{key}", _PROTOCOL_RANGES[key])
            for key, (_, protocol) in PROTOCOLS.items()
        },
        cord=_sliders(_PERSON, "The cord", "participant", _CORD),
        relaxation=_sliders(_RELAXATION, "Relaxation", "relaxation", {"depth": (0.0, 1.0, 0.05)}),
        nerve=_sliders(_NERVE, "Nerve stimulation", "nerve", _NERVE_RANGES),
        drug=Choice(
            "drug",
            "Drug",
            "",
            (("", "none"), *((key, key) for key in DRUGS)),
            "",
        ),
        drugs={key: _dose(key, drug()) for key, drug in DRUGS.items()},
        who=_sliders(
            _PERSON,
            "Who",
            "participant",
            _WHO,
            ("condition", "severity", "age_years", "sex", "muscle", "n_units"),
        ),
    )


def first_values() -> dict[str, Any]:
    """Return the values of all knobs at first, by name, as a form would send them."""
    values: dict[str, Any] = {field.name: field.value for field in knobs().fields()}
    return {**values, "protocol": "ramp", "nerve": False, "drug": "", "seed": 0}


def scene_of(values: Mapping[str, Any]) -> Scene:
    """Return the trial that the knobs describe.

    Raises
    ------
    SettingsError
        A value that is impossible, or beyond the end of its knob.
    """
    for field in knobs().fields():
        if field.name in values and field.kind == "slider":
            _check(field, values[field.name])
    known = {field.name: values[field.name] for field in knobs().fields() if field.name in values}
    protocol = _one_of(PROTOCOLS, values.get("protocol", "ramp"), "protocol")
    return Scene(
        participant=settings_from(_PERSON, known, "participant"),
        protocol=settings_from(PROTOCOLS[protocol][1], known, f"protocol.{protocol}"),
        given=tuple(_given(values, known)),
        seed=int(_number(values.get("seed", 0), "seed")),
    )


def _given(values: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Intervention]:
    relaxation = settings_from(_RELAXATION, known, "relaxation")
    if relaxation.depth > 0:
        yield relaxation
    if values.get("nerve") is True:
        yield settings_from(_NERVE, known, "nerve")
    if values.get("drug"):
        key = _one_of(DRUGS, values["drug"], "drug")
        yield settings_from(DRUGS[key](), known, f"drug.{key}")


def _sliders(
    settings: Settings,
    title: str,
    name: str,
    ranges: Mapping[str, Range],
    only: tuple[str, ...] | None = None,
) -> Group:
    group = form_of(settings, title, name, only or tuple(ranges))
    fields = []
    for field in group.fields:
        key = field.name.rpartition(".")[2]
        field = replace(field, label=_LABELS.get(field.name, field.label))
        fields.append(field.as_slider(*ranges[key]) if key in ranges else field)
    return replace(group, fields=tuple(fields))


def _dose(key: str, drug: Intervention) -> Group:
    """Return the dose of a drug: the one setting that it has, as far as it goes."""
    info = drug.describe()[0]
    largest = float(info.le or 0.0)
    return _sliders(drug, "", f"drug.{key}", {info.name: (0.0, largest, largest / 24)})


def _one_of(known: Mapping[str, Any], name: Any, what: str) -> str:
    if not isinstance(name, str) or name not in known:
        raise SettingsError(f"There is no {what} {str(name)[:40]!r}.")
    return name


def _check(field: Field, value: Any) -> None:
    number = _number(value, field.label)
    if not float(field.minimum) - 1e-9 <= number <= float(field.maximum) + 1e-9:
        raise SettingsError(
            f"{field.label} = {number:g} is beyond the end of its knob "
            f"({field.minimum} to {field.maximum} {field.unit}".rstrip()
            + ")."
        )


def _number(value: Any, what: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise SettingsError(f"{what}: {str(value)[:40]!r} is not a number.") from None
    if not abs(number) < 1e9:
        raise SettingsError(f"{what}: {str(value)[:40]!r} is not a number.")
    return number
