"""Interventions of other packages: what contradicts itself is refused, what fails is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

import renshaw as rs
from renshaw.experiment.trial import edited
from renshaw.kinds import INTERVENTIONS, Drug, Intervention


def made(**more: Any) -> type[Intervention]:
    """Return a class of interventions with these attributes."""
    facts = {
        "name": "calmin",
        "title": "Calmin",
        "mechanism": "It calms.",
        "source": "nobody",
        "edit": lambda self, participant, protocol: (participant, protocol),
    }
    return dataclass(frozen=True, kw_only=True)(type("Calmin", (Intervention,), {**facts, **more}))


class NotFrozen(Intervention):
    name: ClassVar[str] = "not-frozen"
    title: ClassVar[str] = "Not frozen"
    mechanism: ClassVar[str] = "None."
    source: ClassVar[str] = "nobody"

    def edit(self, participant: Any, protocol: Any) -> Any:
        return participant, protocol


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (lambda: made(edit=Intervention.edit), "has no edit"),
        (lambda: made(assumed="One sentence."), "assumed must be a tuple"),
        (lambda: made(drug={"dose": "dose_mg"}), "drug must be a Drug"),
        (lambda: made(title=None), "title must say something"),
        (lambda: made(source=3), "source must say something"),
        (lambda: NotFrozen, "needs @dataclass"),
    ],
)
def test_what_contradicts_itself_is_refused(kind: Any, why: str) -> None:
    with pytest.raises((TypeError, ValueError), match=why):
        INTERVENTIONS.add(kind())
    assert "calmin" not in INTERVENTIONS and "not-frozen" not in INTERVENTIONS


def leaves(*_: Any) -> Any:
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda self, participant, protocol: None, "must return a participant and a protocol"),
        (lambda self, participant, protocol: (protocol, participant), "must return a participant"),
        (lambda self, participant, protocol: 1 / 0, "ZeroDivisionError"),
        (leaves, "SystemExit: 3"),
    ],
)
def test_one_that_fails_is_named(edit: Any, why: str) -> None:
    odd = made(edit=edit)()
    with pytest.raises(RuntimeError, match=why) as caught:
        edited(rs.Participant(), rs.Ramp(), [odd])
    assert "The intervention calmin of the package" in str(caught.value)


def test_large_doses_are_words_that_people_read() -> None:
    drug = Drug(
        dose="d", usual=1800.0, maximum=3600.0, source="s", taken="mg a day", leaflet="It calms."
    )
    assert drug.words(1800.0) == "1800 mg a day"
    assert drug.words(12.345) == "12.3 mg a day"
