"""What a mixed model says: its answers, the main one first."""

from __future__ import annotations

import math
from dataclasses import replace

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, number, p_equals, signed
from renshaw.findings.exclusions import reasons
from renshaw.findings.hurdle import hurdle_findings
from renshaw.findings.model_checks import influence_words
from renshaw.findings.model_words import (
    alone,
    claim,
    decimals,
    ends,
    in_sentence,
    interval_name,
    is_plain,
    is_shown,
    question_claim,
    sure,
    told,
    who_of,
)
from renshaw.statistics.answers.answer import Answer
from renshaw.statistics.answers.joint import Asked, Joint, is_clear, leading, worth_telling
from renshaw.statistics.mixed import MixedModel
from renshaw.statistics.structure.who import who_are

_MOST, _MOST_QUESTIONS = 6, 9
# Contrasts besides the leading one that are all told, clear or not.
_FEW = 3
_MOST_CELLS = 6


@finds(MixedModel)
def findings(model: MixedModel) -> tuple[Finding, ...]:
    """Return the answers to what the formula asks."""
    if model.zero_part is not None:
        return hurdle_findings(model, _answered(model.zero_part), _answered(model))
    return _answered(model)


def _answered(model: MixedModel) -> tuple[Finding, ...]:
    if not model.answers:
        words = f"{model.formula.text} asks nothing that the data can answer."
        return (Finding(sentence=words, warnings=model.warnings, left_out=_dropped(model)),)
    alpha = 1 - model.settings.confidence
    asked = [
        each
        for each in worth_telling(model.answers, alpha)
        # What a design gave up tells nothing of effects at single levels.
        if each[0].part != "simple" or each[0].term not in model.layout.confounded
    ]
    rows = [_told_of(model, each) for each in asked]
    # Each question has its sentence before single contrasts take the room that is left.
    room = max(0, _MOST - len(rows))
    found, said = [], 0
    for n, (head, *more) in enumerate(rows):
        kept = more[:room]
        room -= len(kept)
        said += len(kept) + 1
        found += [head if n else _with_remarks(model, head, asked[0]), *kept]
    found, said = found[:_MOST_QUESTIONS], min(said, _MOST_QUESTIONS)
    if more_answers := len(model.answers) - said:
        words = f"{counted(more_answers, 'contrast')} more: see the tables."
        found[-1] = replace(found[-1], next_steps=[*found[-1].next_steps, words])
    return tuple(found)


def _told_of(model: MixedModel, asked: Asked) -> list[Finding]:
    """Return what is told of a question: as a whole first, where it is of several contrasts."""
    joint = asked[0].joint
    if joint is None:
        return [_finding(model, each) for each in asked]
    alpha = 1 - model.settings.confidence
    clear, best = is_clear(asked, alpha), leading(asked)
    once = claim(model, replace(best, within="", over=""))
    against = {each.changes[0][1] for each in asked if len(each.changes) == 1}
    reference = f" with {next(iter(against))}" if len(against) == 1 else ""
    which = f"Largest of {len(asked)} contrasts{reference}"
    if best is asked[0] and best.moments:
        which = ""
    elif clear and not any(each.p_adjusted < alpha for each in asked):
        pairs = " (all pairs: see the tables)" if reference else ""
        which = f"No single contrast{reference} stands out{pairs}; the largest of {len(asked)}"
    if which:
        more = f": {in_sentence(once)}" if is_shown(model, best) else alone(best)
        once = f"{which}{more}"
    uncorrected = ", uncorrected" if model.settings.across != "none" else ""
    test = f"{_joint(joint)}, {p_equals(joint.p_value)}{uncorrected}"
    head = replace(
        _finding(model, best),
        sentence=f"{question_claim(asked, clear=clear)} ({test}). {once} ({sure(model, best)}).",
    )
    others = [each for each in asked if each is not best] if clear else []
    if len(others) >= _FEW:
        others = [each for each in others if each.p_adjusted < alpha]
    return [head, *(_finding(model, each) for each in others)]


def _finding(model: MixedModel, answer: Answer) -> Finding:
    shown = Number(
        name=answer.name,
        value=answer.estimate,
        unit="times" if answer.is_ratio else "",
        low=answer.low,
        high=answer.high,
        interval=interval_name(model, answer),
        decimals=decimals(answer),
        difference=not is_plain(answer),
    )
    people = model.layout.people
    return Finding(
        sentence=f"{claim(model, answer)} ({sure(model, answer)}).",
        numbers=[shown],
        n=people or int(model.statistics["n"]),
        of=who_of(model).many if people else "rows",
    )


def _with_remarks(model: MixedModel, head: Finding, asked: Asked) -> Finding:
    """Return the first finding with of how many it is, and all that stands beside it."""
    joint = asked[0].joint
    # The numbers in the first brackets are those of the question.
    before, bracket, after = head.sentence.partition("). ")
    if not bracket:
        before, after = head.sentence.removesuffix(")."), ""
    numbers = head.numbers
    if joint is not None:
        p = f"({p_equals(joint.p_value)})"
        name = f"All contrasts together, {_joint(joint).partition(' = ')[0]}"
        value = joint.f_value if math.isfinite(joint.den_df) else joint.num_df * joint.f_value
        numbers = [Number(name=name, value=value, unit=p), *numbers]
    return replace(
        head,
        sentence=f"{before}; {_counts(model)}{bracket or ').'}{after}",
        numbers=numbers,
        warnings=model.warnings,
        how_sure=_how_sure(model, asked),
        left_out=_dropped(model),
        would_change=_would_change(model, asked),
    )


def _counts(model: MixedModel) -> str:
    """Return of how many people and rows it is, each grouping with its columns' names."""
    rows = counted(int(model.statistics["n"]), "row")
    person, who = model.layout.person, who_of(model)
    named = []
    for each in model.layout.groupings:
        if each.columns == person and who.are_people:
            named.append(f"{who.of(each.groups)} ({each.name})")
        elif who.are_people and set(person) & set(each.columns):
            named.append(f"{counted(each.groups, 'unit')} ({each.name})")
        else:
            named.append(who_are(each.columns).of(each.groups))
    return ", ".join([*named, rows])


def _how_sure(model: MixedModel, asked: Asked) -> list[str]:
    answer = leading(asked)
    found = [] if math.isinf(answer.df) else [f"{number(answer.df, 3)} degrees of freedom"]
    if answer.effect_size is not None:
        d = answer.effect_size
        alone = ", not corrected" if answer.correction else ""
        found.append(
            f"standardized {signed(d.value)} ({signed(d.low)} to {signed(d.high)}{alone}; {d.of})"
        )
    which = f"Of {answer.name}: " if answer.joint else ""
    said = [_sentence(f"{which}{'; '.join(found)}")] if found else []
    order = -1 if answer.joint else 1
    every = dict.fromkeys(cell for each in asked for cell in each.cells[::order] if cell.name)
    if 0 < len(every) <= _MOST_CELLS:
        said.append(f"Data: {'; '.join(each.words for each in every)}.")
    elif every:
        rows = [cell.rows for cell in every]
        count = f"{min(rows)} to {max(rows)}" if min(rows) < max(rows) else f"{min(rows)}"
        said.append(f"Data: {len(every)} cells of {count} rows each.")
    return [*said, *(each.words for each in model.remarks if not each.warning)]


def _joint(test: Joint) -> str:
    """Return an F test, or Wald's chi-squared where the denominator knows no degrees of freedom."""
    if math.isfinite(test.den_df):
        return f"F({test.num_df}, {number(test.den_df)}) = {number(test.f_value)}"
    return f"χ²({test.num_df}) = {number(test.num_df * test.f_value)}"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _would_change(model: MixedModel, asked: Asked) -> list[str]:
    return [
        *_interaction(model, asked),
        *([influence_words(model)] if model.influence.without else []),
        *_margin(model, asked),
    ]


def _interaction(model: MixedModel, asked: Asked) -> list[str]:
    answer = asked[0]
    if answer.part != "interaction" or not answer.changes:
        return []
    slope = bool(answer.linear.slope_of)
    inner = "the slope" if slope else answer.changes[0][0]
    others = " and ".join(dict.fromkeys(c[0] for c in answer.changes[0 if slope else 1 :]))
    if is_clear(asked, 1 - model.settings.confidence):
        return [
            f"The effect of {inner} differs with {others}, so that its average over them (a main "
            "effect) can mislead: read it level by level."
        ]
    return [
        f"That the effect of {inner} differs with {others} is not shown, and not excluded: its "
        "average over them (a main effect) is their common effect only if it does not."
    ]


def _margin(model: MixedModel, asked: Asked) -> list[str]:
    """Say what a margin does, or propose one where nothing was found."""
    answer = leading(asked)
    found = answer.equivalence
    if found is not None:
        level = f"{100 * found.level:g} % interval {ends(answer, found.low, found.high)}"
        return [f"Against the margin of {found.margin:g} decides the {level}: {found.verdict}."]
    nothing = not is_clear(asked, 1 - model.settings.confidence)
    # Without an effect size there is no residual SD that measures an error.
    plain = answer.scale == "difference" and answer.effect_size is not None
    if not (nothing and plain):
        return []
    least = 1.96 * math.sqrt(2) * model.statistics["sigma"]
    return [
        "No difference is shown; that there is none is not shown either. --margin tests whether it "
        "is smaller than what matters, e.g. than what a single value must change by to exceed "
        f"measurement error ({told(answer, least).removeprefix('+')} by this model's residual SD)."
    ]


def _dropped(model: MixedModel) -> list[str]:
    rows = sum(each.rows for each in model.dropped)
    if not rows:
        return []
    why = reasons({each.reason: each.rows for each in model.dropped})
    return [f"{counted(rows, 'row')} of {rows + len(model.data)}: {why}."]
