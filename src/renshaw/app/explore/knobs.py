"""The knobs: which settings a hand may turn, how far, and the trial that they describe."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

from renshaw.app.forms import Field, Group, form_of, settings_from
from renshaw.core.errors import SettingsError
from renshaw.core.received_code import UNNAMED_EDITION
from renshaw.core.settings import Knob, SettingInfo, Settings
from renshaw.interventions import Intervention, ReciprocalInhibition, Relaxation, drugs
from renshaw.model.editions import DEFAULT_EDITION, EDITIONS
from renshaw.model.editions import edition as edition_of
from renshaw.model.participant import Participant
from renshaw.protocols import PROTOCOLS, Protocol

# Settings of a person, by the place in the page where they stand.
_CORD = ("neuromodulation", "inhibition")
_WHO = ("condition", "severity", "age_years", "sex", "muscle", "n_units")
_DOSE_STEPS = 24
# No knob: the address says it, and the form sends it along.
EDITION = "participant.edition"

S = TypeVar("S", bound=Settings)


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
    """All knobs, in the groups in which they are shown.

    Parameters
    ----------
    edition : int
        Of the virtual person; what is usual for her is where the knobs stand at first.
    protocol, drug : Choice
    protocols, drugs : mapping of str to Group
        What can be turned of each.
    cord, relaxation, nerve, who : Group
    """

    edition: int
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


def knobs(edition: int = DEFAULT_EDITION) -> Knobs:
    """Return the knobs as they stand at first.

    Parameters
    ----------
    edition : int
        Of the virtual person.

    Raises
    ------
    SettingsError
        There is no such edition.
    """
    return _knobs(edition_of(edition).number)


def edition_named(words: str | None, turned: bool) -> int:
    """Return the edition that an address, or what was kept, names.

    Parameters
    ----------
    words : str or None
        What it says; None where it names none.
    turned : bool
        Whether it says how knobs stand. What does, and names no edition, is of when there was but
        one.

    Raises
    ------
    SettingsError
        There is no such edition.
    """
    if words is None:
        return UNNAMED_EDITION if turned else DEFAULT_EDITION
    return _edition(words)


@cache
def _knobs(edition: int) -> Knobs:
    person = _person(edition)
    shown = {name: _at_first(kind) for name, kind in _protocols().items()}
    return Knobs(
        edition=edition,
        protocol=Choice(
            "protocol",
            "What happens",
            "",
            tuple((name, made.title) for name, made in shown.items()),
            next(iter(shown)),
        ),
        protocols={name: _group(made, "", f"protocol.{name}") for name, made in shown.items()},
        cord=_group(person, "The cord", "participant", _CORD),
        relaxation=_group(_at_first(Relaxation), "Relaxation", "relaxation"),
        nerve=_group(_at_first(ReciprocalInhibition), "Nerve stimulation", "nerve"),
        drug=Choice(
            "drug",
            "Drug",
            "",
            (("", "none"), *((name, kind.title) for name, kind in drugs().items())),
            "",
        ),
        drugs={name: _dose(name, kind()) for name, kind in drugs().items()},
        who=_group(person, "Who", "participant", _WHO),
    )


def _protocols() -> dict[str, type[Protocol]]:
    """Return the protocols that have something to turn."""
    return {name: kind for name, kind in PROTOCOLS.items() if _turned(kind)}


def _turned(kind: type[Settings]) -> dict[str, SettingInfo]:
    """Return the settings that have a knob, by name."""
    return {info.name: info for info in kind.describe() if info.knob is not None}


def _at_first(kind: type[S], **known: Any) -> S:
    """Return the settings as the knobs stand at first, where more is known of them with that."""
    starts = {name: info.knob.start for name, info in _turned(kind).items() if info.knob}
    return kind(**{name: start for name, start in starts.items() if start is not None}, **known)


def _person(edition: int) -> Participant:
    return _at_first(Participant, edition=edition)


def first_values(edition: int = DEFAULT_EDITION) -> dict[str, Any]:
    """Return the values of all knobs at first, by name, as a form would send them.

    Parameters
    ----------
    edition : int
        Of the virtual person.

    Raises
    ------
    SettingsError
        There is no such edition.
    """
    made = knobs(edition)
    values: dict[str, Any] = {field.name: field.value for field in made.fields()}
    others = {"protocol": made.protocol.value, "nerve": False, "drug": "", "seed": 0}
    return {**values, **others, EDITION: made.edition}


def scene_of(values: Mapping[str, Any]) -> Scene:
    """Return the trial that the knobs describe.

    Parameters
    ----------
    values : mapping
        By name; those that are not there are as at first.

    Raises
    ------
    SettingsError
        A value that is impossible, or beyond the end of its knob.
    """
    made = knobs(_edition(values.get(EDITION, DEFAULT_EDITION)))
    for field in made.fields():
        if field.name in values and field.kind == "slider":
            _check(field, values[field.name])
    known = {field.name: values[field.name] for field in made.fields() if field.name in values}
    shown = _protocols()
    protocol = _one_of(shown, values.get("protocol", made.protocol.value), "protocol")
    return Scene(
        participant=settings_from(_person(made.edition), known, "participant"),
        protocol=settings_from(_at_first(shown[protocol]), known, f"protocol.{protocol}"),
        given=tuple(_given(values, known)),
        seed=int(_number(values.get("seed", 0), "seed")),
    )


def _given(values: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Intervention]:
    relaxation = settings_from(_at_first(Relaxation), known, "relaxation")
    if relaxation.depth > 0:
        yield relaxation
    if values.get("nerve") is True:
        yield settings_from(_at_first(ReciprocalInhibition), known, "nerve")
    if values.get("drug"):
        name = _one_of(drugs(), values["drug"], "drug")
        yield settings_from(drugs()[name](), known, f"drug.{name}")


def _group(settings: S, title: str, name: str, only: tuple[str, ...] | None = None) -> Group:
    """Return settings as fields; those that have a knob as sliders, and no others unless asked."""
    turned = _turned(type(settings))
    group = form_of(settings, title, name, only or tuple(turned))
    fields = [_turning(field, turned) for field in group.fields]
    return replace(group, fields=tuple(fields))


def _turning(field: Field, turned: Mapping[str, SettingInfo]) -> Field:
    info = turned.get(field.name.rpartition(".")[2])
    return field if info is None or info.knob is None else _slider(field, info.knob)


def _slider(field: Field, knob: Knob) -> Field:
    slider = field.as_slider(knob.low, knob.high, knob.step)
    return replace(slider, label=knob.label or field.label)


def _dose(name: str, made: Intervention) -> Group:
    """Return the dose of a drug, up to its usual maximum."""
    facts = made.drug
    assert facts is not None
    group = form_of(made, "", f"drug.{name}", (facts.dose,))
    largest = float(facts.maximum or facts.setting(type(made)).le or 0.0)
    knob = Knob(0.0, largest, _round_step(largest / _DOSE_STEPS))
    return replace(
        group,
        fields=tuple(
            replace(_slider(f, knob), help=f"{f.help}. {facts.leaflet}") for f in group.fields
        ),
    )


def _round_step(most: float) -> float:
    """Return the largest step of 1, 2.5 or 5 times a power of ten that is not above the most."""
    ten = 10.0 ** math.floor(math.log10(most))
    return max(step * ten for step in (1.0, 2.5, 5.0) if step * ten <= most)


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


def _edition(said: Any) -> int:
    """Return the edition whose number a form or an address says."""
    words = str(said)[:40]
    known: dict[str, Any] = {str(number): number for number in EDITIONS}
    return edition_of(known.get(words, words)).number


def _number(value: Any, what: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise SettingsError(f"{what}: {str(value)[:40]!r} is not a number.") from None
    if not abs(number) < 1e9:
        raise SettingsError(f"{what}: {str(value)[:40]!r} is not a number.")
    return number
