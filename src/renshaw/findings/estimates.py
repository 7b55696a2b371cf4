"""What estimates say: of a ramp, of involuntary firing, of several recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from renshaw.core.finding import Bound, Finding, Number, finds
from renshaw.core.numbers import counted, number
from renshaw.data.averages import Average, mean_of, median_of
from renshaw.data.bounds import Bound as Bounded
from renshaw.data.bounds import shown
from renshaw.data.estimates import Estimate, Estimates
from renshaw.data.reasons import tallied
from renshaw.estimation.contractions.over_contractions import over_contractions, spread_over
from renshaw.estimation.criteria import SATURATED
from renshaw.estimation.detectable import detectable_words
from renshaw.estimation.made_with import unfamiliar
from renshaw.estimation.pooled import MEAN_REMARKS
from renshaw.estimation.quantity import shown_in
from renshaw.findings.exclusions import named, reasons
from renshaw.findings.words import title_of, uncapital


@finds(Estimates)
def findings(estimates: Estimates) -> tuple[Finding, ...]:
    """Return what the estimates of one recording, or of several, say."""
    names = estimates.recordings
    if not names:
        return (Finding(sentence="There is nothing to estimate: no motor unit was recorded."),)
    found = _of_several(estimates) if len(names) > 1 else _of_one(estimates)
    warned = (*found.warnings, *suspected(estimates), *unfamiliar(estimates))
    return (replace(found, warnings=warned),)


def suspected(estimates: Estimates) -> list[str]:
    """Return what of the recordings is hardly true, a sentence each; of several with their names.

    Parameters
    ----------
    estimates : Estimates
    """
    names = estimates.recordings or tuple(estimates.suspected)
    of: dict[str, list[str]] = {}
    for name in names:
        for words in estimates.suspected.get(name, ()):
            of.setdefault(words, []).append(name)
    if len(names) < 2:
        return list(of)
    return [f"{named(who)}: {words}" for words, who in of.items()]


def _of_one(estimates: Estimates) -> Finding:
    means = over_contractions(estimates).rows
    rows = {row.quantity: row for row in means if row.unit == 0}
    if "torque_sust" in rows:
        return _of_vibstim(rows)
    if "spasm_duration" in rows:
        return _of_spasm(rows)
    return _of_ramp(means, rows, _between_contractions(estimates))


def _between_contractions(estimates: Estimates) -> str:
    """Return of how many contractions a mean is, and how far they lie apart; nothing of one."""
    spread = spread_over(estimates, "delta_f_mean")
    if spread is None:
        return ""
    there = np.isfinite(spread.values)
    known = spread.values[there]
    total = len(spread.contractions)
    if total == 1:
        return f", of contraction {spread.contractions[0]} alone"
    if len(known) < 2:
        return f", of one of {total} contractions alone"
    many = f"{total}" if len(known) == total else f"{len(known)} of {total}"
    if spread.bounded:
        each = ", ".join(words for words, ok in zip(spread.words, there, strict=True) if ok)
        return f", the mean of {many} contractions ({each} pps)"
    return (
        f", the mean of {many} contractions ({number(known.min())} to {number(known.max())} pps, "
        f"SD between them {spread.sd:.2f})"
    )


def _of_ramp(rows: Sequence[Estimate], whole: dict[str, Estimate], between: str = "") -> Finding:
    pairs = [row for row in rows if row.quantity == "delta_f_pair"]
    accepted = sum(row.ok for row in pairs)
    units = [row.value for row in rows if row.quantity == "delta_f" and row.ok]
    mean = whole.get("delta_f_mean")
    value = mean.value if mean is not None and mean.ok else np.nan
    if mean is not None and mean.unseen and np.isfinite(mean.value):
        sentence = (
            f"Mean ΔF is not known: {mean.reasons[0].words.partition(':')[0]}, and may have more "
            f"than the {counted(len(units), 'unit')} that "
            f"{'was' if len(units) == 1 else 'were'} seen ({mean.words} pps). "
            f"{accepted} of {len(pairs)} pairs of firing units were usable."
        )
    elif mean is not None and np.isfinite(value):
        exact = mean.bound == "exact"
        sd = f", SD {np.std(units, ddof=1):.2f}" if len(units) > 1 and exact else ""
        sentence = (
            f"Mean ΔF is {_MORE[mean.bound]}{number(value)} pps{between or sd}, over "
            f"{counted(len(units), 'test unit')}. "
            f"{accepted} of {len(pairs)} pairs of firing units were usable."
        )
    elif not pairs:
        sentence = f"ΔF could not be estimated: {_no_pair(rows)}."
    elif len(pairs) == 1:
        sentence = "ΔF could not be estimated: the only pair of firing units is not usable."
    else:
        sentence = (
            f"ΔF could not be estimated: none of {len(pairs)} pairs of firing units is usable."
        )
    return Finding(
        sentence=sentence,
        numbers=[
            Number(name="Mean ΔF", value=value, unit="pps", bound=_bound(mean)),
            *_whole(whole, besides="delta_f_mean"),
            *_medians(rows),
        ],
        n=len(units) if np.isfinite(value) else None,
        of="test units",
        warnings=[*cut_off(rows), *_unknown(rows), *_saturated(pairs), *_of_the_mean(mean)],
        how_sure=[detectable_words()] if np.isfinite(value) else [],
        left_out=_refused_pairs(pairs),
        next_steps=[
            *([_LONGER] if _cut_by_the_window(rows) else []),
            *_what_to_do(pairs, accepted),
        ],
    )


def _no_pair(rows: Sequence[Estimate]) -> str:
    """Return why there is no pair of units, by how many there are and how many fire."""
    units = {row.unit for row in rows if row.unit}
    fired = next((int(row.value) for row in rows if row.quantity == "n_units"), 0)
    if not fired:
        none = f"none of {counted(len(units), 'motor unit')} fires"
        return none if units else "the recording holds no motor unit"
    return "only one motor unit fires" if fired == 1 else "no two motor units of a muscle fire"


def _saturated(pairs: Sequence[Estimate]) -> list[str]:
    """Say how many ΔF may be capped by their control unit."""
    accepted = [row for row in pairs if row.ok]
    capped = [row for row in accepted if SATURATED in row.reasons.codes]
    if not capped:
        return []
    return [
        f"{len(capped)} of {counted(len(accepted), 'usable pair')} "
        f"{'is' if len(capped) == 1 else 'are'} saturated: ΔF comes close to all that the control "
        "unit's rate changes while the test unit fires, and may be larger (Foley & Kalmar 2019). "
        "delta_f.saturation_margin_pps = 0.5 (--delta-f.saturation-margin-pps 0.5) rejects them."
    ]


def _of_the_mean(mean: Estimate | None) -> list[str]:
    """Return what is remarked of the mean itself, as that it is over several muscles."""
    if mean is None:
        return []
    told = [each for each in mean.reasons if each.code in MEAN_REMARKS]
    return [f"{each.words[:1].upper()}{each.words[1:]}." for each in told]


def _cut_by_the_window(rows: Sequence[Estimate]) -> bool:
    """Whether a longer recording would tell more of ΔF."""
    mine = [row for row in rows if row.quantity == "delta_f"]
    by_window = {"fires_on", "fired_before", "fires_on_rising"}
    return any(
        (row.unseen or row.bound != "exact") and not by_window.isdisjoint(row.reasons.codes)
        for row in mine
    )


def _what_to_do(pairs: Sequence[Estimate], accepted: int) -> list[str]:
    """Return what to do with this answer: what would give one, or what makes more of it."""
    if accepted:
        return [NEXT]
    if not pairs:
        return [NO_PAIRS]
    return [NO_USABLE]


NEXT = (
    "Look at the typical pair and at the table of pairs. To compare two recordings of one person, "
    "give both (renshaw estimate before.mat after.mat); several people, renshaw run."
)
NO_PAIRS = (
    "ΔF takes two motor units of one muscle that fire together: decompose more of the recording, "
    "or record a stronger contraction."
)
NO_USABLE = (
    "See the reasons below: a slow ramp up and down, on which early and late units fire together, "
    "gives usable pairs."
)


def _refused_pairs(pairs: Sequence[Estimate]) -> list[str]:
    refused = [row for row in pairs if not row.ok]
    if not refused:
        return []
    why = reasons(tallied(each for row in refused for each in row.reasons))
    many = any(len(row.reasons) > 1 for row in refused)
    several = " (a pair may fail several rules)" if many else ""
    return [f"{len(refused)} of {len(pairs)} pairs of firing units{several}: {why}."]


def _whole(whole: dict[str, Estimate], besides: str = "") -> list[Number]:
    return [
        Number(
            name=title_of(name),
            value=whole[name].value,
            unit=whole[name].units,
            bound=_bound(whole[name]),
        )
        for name in shown_in("keys", of="recording")
        if name in whole and name != besides and np.isfinite(whole[name].value)
    ]


_MORE: dict[Bounded, str] = {"exact": "", "at least": "more than ", "at most": "less than "}
_SIGNS: dict[Bounded, Bound] = {"exact": "", "at least": ">", "at most": "<"}


def _bound(found: Estimate | Average | None) -> Bound:
    """Return the sign of what is cut off by an end of the recording."""
    return "" if found is None else _SIGNS[found.bound]


def _medians(rows: Sequence[Estimate]) -> list[Number]:
    found = []
    for name in shown_in("keys", of="unit"):
        mine = [row for row in rows if row.quantity == name]
        median = median_of(mine)
        # A number of a unit that the file does not state says nothing at first sight.
        if median.n and mine[0].units:
            found.append(
                Number(
                    name=f"Median {uncapital(title_of(name))}",
                    value=median.value,
                    unit=mine[0].units,
                    bound=_bound(median),
                )
            )
    return found


def _unknown(rows: Sequence[Estimate]) -> list[str]:
    """Return of which quantities no mean over units is known, as some were not seen to the end."""
    found = []
    for name in shown_in("terminal", of="unit"):
        mine = [row for row in rows if row.quantity == name]
        mean = mean_of(mine)
        if mean.unseen and mean.n:
            seen = f"{shown(mean.of_seen, mean.bound)} {mine[0].units}".rstrip()
            found.append(
                f"{uncapital(title_of(name))} ({mean.unseen} of {mean.unseen + mean.n} units; "
                f"{seen} in the others)"
            )
    if not found:
        return []
    return [
        "Means over all units are not known where units are left out because an onset or an end of "
        f"theirs was not seen, as these may be the most excitable ones: {', '.join(found)}."
    ]


def cut_off(rows: Sequence[Estimate]) -> list[str]:
    """Return how many units an end of the recording cut off, in a warning."""
    firing = [row for row in rows if row.quantity == "derecruitment_time"]
    firing = [row for row in firing if np.isfinite(row.value)]
    after = sum(row.bound != "exact" for row in firing)
    before = sum(row.quantity == "recruitment_time" and row.bound != "exact" for row in rows)
    of = f"of {counted(len(firing), 'motor unit')}"
    said = []
    if after:
        fire = "fires" if after == 1 else "fire"
        said.append(
            f"{after} {of} still {fire} when the recording ends: what depends on when they stop "
            "is a bound (> or <), or not known. A small bound is no small value."
        )
    if before:
        fire = "fires" if before == 1 else "fire"
        said.append(
            f"{before} {of} already {fire} when the recording begins: what depends on when they "
            "were recruited is a bound (> or <) or not known."
        )
    return said


_LONGER = (
    "Record from before the first unit fires until every unit is silent: of units that were not "
    "seen to start and to stop, ΔF is only a bound, or not known."
)


def _of_vibstim(rows: dict[str, Estimate]) -> Finding:
    during, after = rows["torque_vib"], rows["torque_sust"]
    if during.ok and after.ok:
        sentence = (
            f"Involuntary torque is {_MORE[during.bound]}{number(during.value)} {during.units} "
            f"after the last bout, while the tendon vibrates, and {_MORE[after.bound]}"
            f"{number(after.value)} {after.units} once vibration has ended."
        )
    else:
        sentence = f"Involuntary torque could not be read: {during.reason or after.reason}."
    bounded = dict.fromkeys(str(row.reasons) for row in (during, after) if row.bound != "exact")
    return Finding(
        sentence=sentence,
        numbers=_whole(rows),
        warnings=[f"{words[:1].upper()}{words[1:]}." for words in bounded],
        left_out=_refused(rows),
    )


def _of_spasm(rows: dict[str, Estimate]) -> Finding:
    duration, rate = rows["spasm_duration"], rows.get("spasm_mean_rate")
    if np.isfinite(duration.value):
        pace = f", at {number(rate.value)} pps" if rate is not None and rate.ok else ""
        more = _MORE[duration.bound]
        sentence = f"Firing outlasts the input by {more}{number(duration.value)} s{pace}."
    else:
        sentence = f"The spasm could not be measured: {duration.reason}."
    return Finding(sentence=sentence, numbers=_whole(rows), left_out=_refused(rows))


def _refused(rows: dict[str, Estimate]) -> list[str]:
    """Return each reason once, with the quantities that it is about."""
    about: dict[str, list[str]] = {}
    for row in rows.values():
        if not row.ok and row.reason:
            about.setdefault(row.reason, []).append(title_of(row.quantity))
    return [f"{named(titles)}: {why}." for why, titles in about.items()]


def _of_several(estimates: Estimates) -> Finding:
    estimates = over_contractions(estimates)
    means = [row for row in estimates.rows if row.quantity == "delta_f_mean"]
    known = [row for row in means if row.ok and np.isfinite(row.value)]
    mean, total = mean_of(means), len(estimates.recordings)
    unseen = [row.recording for row in means if row.unseen]
    if unseen:
        seen = f" (the others: {shown(mean.of_seen, mean.bound)} pps)" if known else ""
        sentence = (
            f"Mean ΔF of {total} recordings is not known: {len(unseen)} of them "
            f"{'leaves' if len(unseen) == 1 else 'leave'} out test units of which an onset or end "
            f"was not seen, and which may have more{seen}."
        )
    elif len(known) > 1:
        low, high = (pick(known, key=lambda row: row.value) for pick in (min, max))
        spread = "" if mean.bounded else f"SD {mean.sd:.2f}, "
        sentence = (
            f"Mean ΔF of {len(known)} recordings is {_MORE[mean.bound]}{number(mean.value)} pps "
            f"({spread}{low.words} to {high.words})."
        )
    elif known:
        sentence = f"Only one of {total} recordings has a ΔF: {known[0].words} pps."
    else:
        sentence = f"None of {total} recordings has a ΔF."
    without = [row.recording for row in means if not (row.ok and np.isfinite(row.value))]
    without = [name for name in without if name not in unseen]
    bounded = [row.recording for row in known if row.bound != "exact"]
    return Finding(
        sentence=sentence,
        numbers=[
            Number(name="Mean ΔF", value=mean.value, unit="pps", bound=_bound(mean)),
            Number(name="Recordings", value=total),
        ],
        n=len(known) if len(known) > 1 else None,
        of="recordings",
        warnings=[f"{_FIRE_ON}: {named(bounded)}."] if bounded else [],
        left_out=[
            *([f"Without a ΔF: {named(without)}."] if without else []),
            *(
                [f"With test units that were not seen to the end: {named(unseen)}."]
                if unseen
                else []
            ),
        ],
    )


_FIRE_ON = (
    "ΔF is a bound where units still fire when the recording ends, and a small bound is no small "
    "value"
)
