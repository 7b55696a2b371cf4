"""Interventions of other packages: what contradicts itself is refused, what fails is named."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
import study_samples

import renshaw as rs
from renshaw.experiment.trial import edited
from renshaw.kinds import INTERVENTIONS, Drug, Intervention
from renshaw.study.outcome import outcome_of
from renshaw.study.pieces import code_fingerprint, pieces_of, program_in


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


def test_one_that_fails_takes_no_other_condition_of_a_study_with_it() -> None:
    fails = made(edit=lambda self, participant, protocol: 1 / 0)()
    conditions = (
        rs.study.Condition(name="control"),
        rs.study.Condition(name="odd", given=(fails,)),
    )
    plan = study_samples.virtual(participants=2, conditions=conditions)
    piece, _ = pieces_of(plan, {})
    outcome = outcome_of(piece)
    assert [row["condition"] for row in outcome.rows] == ["control"]
    (failure,) = outcome.failures
    assert "calmin" in failure.reason and "ZeroDivisionError" in failure.reason


SHOP = """
from dataclasses import dataclass
from renshaw.kinds import Intervention

@dataclass(frozen=True, kw_only=True)
class Shop(Intervention):
    name, title, mechanism, source = "shop", "Shop", "It calms.", "nobody"

    def edit(self, participant, protocol):
        return participant.treated(largest_drive=0.9), protocol
"""


def test_another_effect_makes_other_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was computed with a drug of another package is not taken for that of another dose."""
    code_fingerprint.cache_clear()
    without = code_fingerprint()
    file = tmp_path / "shop_of_drugs.py"
    file.write_text(SHOP)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(INTERVENTIONS._kinds, "shop", importlib.import_module(file.stem).Shop)
    found = {without}
    for text in (SHOP, SHOP.replace("0.9", "0.8")):
        file.write_text(text)
        code_fingerprint.cache_clear()
        found.add(code_fingerprint())
    monkeypatch.undo()
    code_fingerprint.cache_clear()
    assert len(found) == 3
    assert code_fingerprint() == without


def test_another_table_makes_other_numbers(tmp_path: Path) -> None:
    """What a pool of other parameters gave is not taken for what today's gives."""
    (tmp_path / "model").mkdir()
    table = tmp_path / "model" / "parameters.toml"
    (tmp_path / "model" / "pools.py").write_text("X = 1\n")
    found = set()
    for text in ("l_type = 0.7\n", "l_type = 0.8\n"):
        table.write_text(text)
        found.add(tuple(program_in(tmp_path)))
    assert len(found) == 2
