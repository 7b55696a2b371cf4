"""What a search for a therapy found, in sentences: the recommended one, and what speaks against it.

What is said of the recommended therapy is said of fresh people, whom the search never saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, number
from renshaw.findings.power import participants_words
from renshaw.model.editions import ON_THE_FIRST_EDITION
from renshaw.optimization.axes import AXES
from renshaw.optimization.design import RECOMMENDED, Design
from renshaw.optimization.rule import broken_words, worst_words
from renshaw.optimization.therapy import ALL, ALTERNATIVES, NOTHING

if TYPE_CHECKING:
    import pandas as pd

PREDICTION = (
    "Every number here is the prediction of a model, not a measurement on people. This is "
    "research software and no medical device: it recommends nothing to a patient or a doctor."
)
# A spasm that was still going on had its last discharge so shortly before the end of the test.
_END_s = 0.5
_IN_A_SENTENCE = {NOTHING: "doing nothing", ALL: "all together"}


@finds(Design)
def findings(design: Design) -> tuple[Finding, ...]:
    """Return what is recommended, how it compares, and how many participants would show it."""
    main = Finding(
        sentence=f"{ON_THE_FIRST_EDITION} {_sentence(design)}",
        numbers=_numbers(design),
        n=len(design.held_out),
        of="fresh virtual people",
        warnings=[PREDICTION, *_cautions(design), *_cut_short(design)],
        left_out=_not_shown(design),
        next_steps=[
            "A trial must show whether it holds: study.toml in the folder is that trial on virtual "
            "participants (renshaw run study.toml), protocol_sheet.html the sheet to print."
        ],
    )
    return (main, *_contrast(design), *_sizes(design))


def row_of(design: Design, name: str) -> Mapping[str, Any]:
    """Return the row of an alternative."""
    table = design.alternatives
    return records(table[table["alternative"] == name])[0]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def fresh_axes(row: Mapping[str, Any]) -> dict[str, float]:
    """Return what the limits are about, as fresh people have it."""
    return {name: float(row[f"fresh_{name}"]) for name in (*AXES, "force_pct")}


def _who(design: Design) -> str:
    return f"mean of {worst_words(design.goal.rule)} of {len(design.held_out)}"


def _sentence(design: Design) -> str:
    usual = row_of(design, NOTHING)
    if not design.spastic:
        why = (
            "What was inferred of this person does not go with spasms of the condition that the "
            "goal says she has."
            if design.goal.posterior
            else "Give the goal a more severe condition."
        )
        return (
            "These people have no spasms to calm: without any therapy firing ends "
            f"{number(usual['fresh_duration_s'])} s after a touch or stretch ({_who(design)}). "
            f"What follows is about a reflex. {why}"
        )
    if design.recommended.kind == NOTHING:
        return (
            "No therapy that keeps the limits calms these cords more than doing nothing (held "
            f"against {len(design.held_out)} fresh virtual people)."
        )
    best = row_of(design, RECOMMENDED)
    given = design.recommended.words()
    burden = float(usual["fresh_burden"])
    left = f"{100.0 * best['fresh_burden'] / burden:.0f} %" if burden > 0 else "an unknown share"
    limits = broken_words(fresh_axes(best), design.goal.rule)
    kept = f" It does not keep all limits: {'; '.join(limits)}." if limits else ""
    return (
        f"{given[:1].upper() + given[1:]}: in fresh virtual people it leaves {left} of the burden "
        f"of spasms and {number(best['fresh_force_pct'])} % of maximal force "
        f"({_who(design)}).{kept}"
    )


def _numbers(design: Design) -> list[Number]:
    best, usual = row_of(design, RECOMMENDED), row_of(design, NOTHING)
    who = worst_words(design.goal.rule)
    found = [
        Number(
            name=f"{title}, {who} (untreated {number(usual[f'fresh_{key}'])})",
            value=float(best[f"fresh_{key}"]),
            unit=unit,
            low=float(best[f"fresh_{key}_low"]),
            high=float(best[f"fresh_{key}_high"]),
        )
        for title, key, unit in (("Burden", "burden", "% MVC s"), ("Spasm", "duration_s", "s"))
    ]
    force = Number(
        name="Maximal force kept",
        value=float(best["fresh_force_pct"]),
        unit="%",
        low=float(best["fresh_force_pct_low"]),
        high=float(best["fresh_force_pct_high"]),
    )
    return [
        *found,
        force,
        Number(name="Dose", value=float(best["dose_pct"]), unit="% of usual maximum"),
        Number(name="Discomfort (assumed)", value=float(best["discomfort"]), unit="of 10"),
        Number(
            name="Charge, in fresh people",
            value=float(best["fresh_charge_mC_per_h"]),
            unit="mC/h",
        ),
    ]


def _cautions(design: Design) -> list[str]:
    """Return what speaks against the recommendation."""
    found = list(design.warnings)
    best, rule = row_of(design, RECOMMENDED), design.goal.rule
    if broken := broken_words(fresh_axes(best), rule):
        found.append(
            f"On fresh people the recommended therapy no longer keeps all limits: "
            f"{'; '.join(broken)}. In the search it kept them (force {best['force_pct']:.1f} %): "
            "this is the winner's curse; ask for a margin."
        )
    return found


def _not_shown(design: Design) -> list[str]:
    """Return which kinds of therapies were not tried, or keep no limits."""
    found, rule = [], design.goal.rule
    for kind in ALTERNATIVES[1:]:
        if kind not in set(design.trials["kind"]):
            found.append(f"“{kind.capitalize()}” was not tried: the goal does not allow it.")
        elif kind not in design.chosen:
            found.append(f"No therapy of the kind “{kind}” keeps the limits.")
        elif broken := broken_words(row_of(design, kind), rule):
            found.append(
                f"No therapy of the kind “{kind}” keeps the limits; the one that breaks them by "
                f"least is shown ({'; '.join(broken)})."
            )
    return found


def _cut_short(design: Design) -> list[str]:
    """Say how many spasms had not ended when the test did: these count as shorter than they are."""
    watched_s, fresh = design.goal.test.watched_s, design.fresh
    found = []
    for name, mine in fresh.groupby("alternative", sort=False):
        lasting = int((mine["duration_s"] >= watched_s - _END_s).sum())
        if lasting and (name == RECOMMENDED or design.chosen[str(name)] != design.recommended):
            found.append(f"{name} {lasting} of {len(mine)}")
    if not found:
        return []
    return [
        f"Spasms that had not ended after {watched_s:g} s count as if they had, so that durations "
        f"and burdens are at least as said: {'; '.join(found)}."
    ]


def _contrast(design: Design) -> list[Finding]:
    clear: list[str] = []
    unclear: list[str] = []
    people = 0
    for row in records(design.contrasts):
        if design.chosen.get(str(row["against"])) == design.recommended:
            continue
        people = int(row["people"])
        name = _IN_A_SENTENCE.get(str(row["against"]), str(row["against"]))
        (clear if row["difference_high"] < 0 else unclear).append(name)
    words = []
    if clear:
        words.append(
            f"The recommended therapy leaves less burden than {', '.join(clear)} (95 % interval of "
            f"the difference within {people} fresh people below zero)."
        )
    if unclear:
        which = "It" if clear else "The recommended therapy"
        words.append(f"{which} is not clearly better than {', '.join(unclear)} ({people} people).")
    return [Finding(sentence=" ".join(words), n=people, of="fresh people")] if words else []


def _sizes(design: Design) -> list[Finding]:
    """Return how many participants a crossover trial (AB/BA) takes, against each rival."""
    found = []
    for name, power in design.plans.items():
        tests = max((each.ramps for each in power.needed), default=0)
        for needed in power.needed:
            if needed.ramps != tests or needed.effect != power.settings.effects[-1]:
                continue
            words = participants_words(needed, power)
            found.append(
                Finding(
                    sentence=f"A crossover trial against {_IN_A_SENTENCE.get(name, name)}, with "
                    f"{counted(tests, 'test')} in each condition: {words}, if half of the "
                    "predicted difference is true.",
                    numbers=[
                        Number(
                            name=f"Participants against {_IN_A_SENTENCE.get(name, name)}",
                            value=needed.participants,
                            bound=needed.bound,
                        )
                    ],
                )
            )
    return found
