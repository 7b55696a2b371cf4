"""Measure and draw what docs/circuits.md shows: ``uv run docs/make_circuits.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from making import fill, keep, parser, place
from scipy.stats import t

import renshaw as rs
from renshaw.experiment import (
    AshworthSettings,
    ClonusSettings,
    DepressionSettings,
    HReflexSettings,
    ReciprocalSettings,
    StretchSettings,
    TapSettings,
    reflex,
)
from renshaw.experiment.maximal import MaximalEffort
from renshaw.figures.colors import BLUE, GREEN, MUTED, ORANGE, VERMILION
from renshaw.figures.style import look, new_figure
from renshaw.interventions.kinetics import daily_dose_now, intrathecal
from renshaw.model.circuits.strengths import table as strengths
from renshaw.optimization.measuring import Job, measured
from renshaw.protocols import SpasmTest
from renshaw.study.laboratory import Series, measure_all, people_of
from renshaw.validation.target import TARGET_GROUPS

GROUPS = ("T27", "T28", "T29", "T30")
PARTS = ("curves", "strengths", "targets", "limb", "recurrent", "drugs")
PEOPLE = {
    "healthy": ("healthy", BLUE),
    "stroke": ("stroke", ORANGE),
    "injured cord": ("spinal-cord-injury", VERMILION),
}
LIMBS = {
    "healthy": "healthy",
    "stroke": "stroke",
    "multiple-sclerosis": "multiple sclerosis",
    "spinal-cord-injury": "injured cord",
}
# Test and outcome: its words, and what is known of people.
OF_THE_LIMB = {
    ("stretch", "threshold velocity"): (
        "stretch reflex: threshold (deg/s)",
        "healthy 71 (fitted), stroke 74",
    ),
    ("stretch", "slope"): (
        "its slope (% M_max by deg/s)",
        "multiple sclerosis 4.3 times healthy",
    ),
    ("stretch", "latency"): ("its latency (ms)", "42 ± 3.2"),
    ("tap", "latency"): ("tendon jerk: latency (ms)", "31 ± 3.0"),
    ("tap", "jerk after 6 mm"): ("its size (% M_max)", "not found"),
    ("tap", "jerk 1 s after another"): (
        "1 s after another (%)",
        "falls; less after injury and stroke",
    ),
    ("clonus", "most beats"): ("clonus: most beats in 5 s", "healthy: none or a few"),
    ("clonus", "smallest load with sustained beats"): (
        "smallest load with sustained beats (Nm)",
        "not found",
    ),
    ("clonus", "frequency"): ("its frequency (Hz)", "injured cord 4.7 to 7.0; by load 3.8 to 5.8"),
    ("clonus", "motoneurons that fire once a beat"): (
        "motoneurons that fire once a beat (%)",
        "injured cord 98",
    ),
    ("clonus", "swing from beat to beat"): ("swing of the foot (deg)", "not found"),
    ("ashworth", "of it by the reflex"): (
        "1-s movement: reflex torque (Nm)",
        "little, also after stroke",
    ),
}
# What recurrent inhibition is asked to change: quantity of a hold or a ramp, its words.
OF_HOLDS = {
    "rate_hold": "rate in a hold (pps)",
    "cov_isi_hold": "CoV of intervals (%)",
    "coherence_1_5": "coherence, 1 to 5 Hz",
    "coherence_5_12": "coherence, 5 to 12 Hz",
    "coherence_15_35": "coherence, 15 to 35 Hz",
    "torque_cov": "CoV of torque (%)",
}


def main() -> None:
    """Measure, draw and fill the page."""
    asking = parser(__doc__)
    asking.add_argument("parts", nargs="*", help=f"{', '.join(PARTS)}; all by default")
    asked = asking.parse_args()
    folder, words = place(asked), set(asked.parts) or set(PARTS)
    page, quick = folder / "circuits.md", bool(asked.quick)
    with look():
        if "curves" in words:
            keep(curves(quick=quick), folder / "figures" / "reflexes.svg")
        if "drugs" in words:
            keep(drug_courses(quick=quick), folder / "figures" / "drugs.svg")
    if "strengths" in words:
        fill(page, "strengths", strengths_table())
    if "targets" in words:
        fill(page, "targets", targets_table(GROUPS, 4 if quick else 12, quick=quick))
    if "limb" in words:
        fill(page, "limb", limb_table(2 if quick else 4, quick=quick))
    if "recurrent" in words:
        fill(page, "recurrent", recurrent_table(4 if quick else 8, quick=quick))
    if "drugs" in words:
        fill(page, "drugs", targets_table(("T31",), 4 if quick else 12, quick=quick))
        fill(page, "bolus", bolus_table(2 if quick else 6, quick=quick))


def curves(*, quick: bool) -> Any:
    """Draw recruitment, depression and the antagonist's volley, in health and in disease."""
    figure = new_figure(5.6)
    (a, b), (c, d) = figure.subplots(2, 2)
    repeats = 1 if quick else 8
    base = rs.Participant(muscle="SOL", n_units=16 if quick else 100)
    for words, (condition, color) in PEOPLE.items():
        who = base.replace(condition=condition)
        curve = reflex(who, HReflexSettings(repeats=repeats, points=4 if quick else 21)).table
        a.plot(curve["intensity_xmt"], curve["h_pct"], color=color, label=f"H, {words}")
        pairs = DepressionSettings(repeats=repeats, reflexes=2 if quick else 10)
        trains = reflex(who, pairs).table.query("kind == 'train'")
        b.plot(trains["frequency_hz"], trains["h_pct_control"], "o-", color=color, label=words)
        volley = reflex(who, ReciprocalSettings(repeats=repeats)).table
        c.plot(volley["interval_ms"], volley["h_pct_control"], "o-", color=color, markersize=3)
    a.plot(curve["intensity_xmt"], curve["m_pct"], color=MUTED, label="M")
    a.set(xlabel="Intensity (× motor threshold)", ylabel="% of M_max", ylim=(0, 105))
    a.set_title("A  H-reflex and M-wave")
    b.set(xscale="log", xlabel="Frequency (Hz)", ylabel="H (% of that at 0.1 Hz)", ylim=(0, 110))
    b.set_xticks([0.1, 0.2, 0.5, 1, 2, 5], ["0.1", "0.2", "0.5", "1", "2", "5"])
    b.minorticks_off()
    b.set_title("B  Post-activation depression")
    c.set_xscale("symlog", linthresh=10)
    c.set_xticks([0, 2, 5, 10, 20, 50, 100, 200], ["0", "2", "5", "10", "20", "50", "100", "200"])
    c.minorticks_off()
    c.set(xlabel="Interval (ms)", ylabel="H (% of control)", xlim=(-3, 360), ylim=(0, 120))
    c.set_title("C  After a volley in the antagonist's nerve")
    _renshaw(d, quick=quick)
    a.legend(loc="best")
    b.legend(loc="best")
    return figure


def _renshaw(axes: Any, *, quick: bool) -> None:
    """Draw what Renshaw cells do to the rates of a ramp."""
    ramp = rs.Ramp(peak_pct_mvc=30, rise_s=2 if quick else 10, fall_s=2 if quick else 10)
    for gain, color, words in (
        (0.0, MUTED, "none"),
        (1.0, GREEN, "usual"),
        (3.0, BLUE, "three times"),
    ):
        who = rs.Participant(n_units=8 if quick else 40, recurrent_inhibition=gain)
        found = rs.simulate(who, ramp, seed=1)
        peak = found.units.window_s[1] / 2
        rates = [
            np.sum(np.abs(times - peak) < 1.0) / 2.0
            for times in map(np.asarray, found.units.times_s)
        ]
        active = np.flatnonzero(np.array(rates) > 0)
        axes.plot(active + 1, np.array(rates)[active], ".-", color=color, label=words)
    axes.set(
        xlabel="Unit, by order of recruitment", ylabel="Rate at 30 % MVC (pps)", ylim=(0, None)
    )
    axes.set_title("D  Recurrent inhibition (tibialis anterior)")
    axes.legend(loc="best", title="Renshaw cells")


def drug_courses(*, quick: bool) -> Any:
    """Draw what there is of three drugs from hour to hour, and what is left of the H-reflex."""
    figure = new_figure(3.2)
    a, b = figure.subplots(1, 2)
    hours = np.linspace(0.0, 32.0, 9 if quick else 65)
    who = rs.Participant(
        muscle="SOL",
        n_units=12 if quick else 100,
        condition="spinal-cord-injury",
        severity=1.0,
    )
    test = HReflexSettings(points=3 if quick else 15, strongest_xmt=2.0, repeats=1 if quick else 4)
    whole = reflex(who, test).outcome("H_max/M_max")
    for name, words, color in (
        ("baclofen", "baclofen, 3 x 20 mg by mouth", BLUE),
        ("tizanidine", "tizanidine, 3 x 8 mg by mouth", GREEN),
        ("intrathecal-baclofen", "baclofen, 50 ug beside the cord", VERMILION),
    ):
        # By mouth the third dose is the last one, so that it is seen to wash out.
        daily = name != "intrathecal-baclofen"
        since = np.where(hours < 16, hours % 8, hours - 16) if daily else hours
        if daily:
            course = [daily_dose_now(name, 1.0, float(h), 3) for h in since]
        else:
            course = [intrathecal(float(h)) for h in since]
        a.plot(hours, course, color=color, label=words)
        every = slice(None, None, 1 if quick else 2)
        left = [
            reflex(who, test, [f"{name}:hours_after_dose={h:g}"]).outcome("H_max/M_max")
            for h in since[every]
        ]
        b.plot(hours[every], 100.0 * np.array(left) / whole, "o-", color=color, markersize=2)
    a.set(
        xlabel="Time (h)", ylabel="Relative to the mean of the day, or to the peak", ylim=(0, 2.8)
    )
    a.set_title("A  Plasma, and what acts beside the cord")
    a.legend(loc="upper right")
    b.set(xlabel="Time (h)", ylabel="H_max/M_max (% of that without)", ylim=(0, 110))
    b.set_title("B  H-reflex, severe injury")
    for axes in (a, b):
        axes.set_xticks(range(0, 33, 8))
    return figure


def bolus_table(people: int, *, quick: bool) -> str:
    """Return what a bolus of baclofen changes in people of several severities."""
    severities = (0.5, 1.0)
    rows: dict[str, list[str]] = {
        "spasm: burden (% of that without)": ["score of spasms 12 (0 to 36)"],
        "spasm: duration (% of that without)": ["score of spasms 12 (0 to 36)"],
        "strength (% of that without)": ["the same in 3 of 6, slightly less in 3"],
    }
    heads = ["people"]
    for severity in severities:
        heads.append(f"severity {severity:g}")
        traits: tuple[tuple[str, Any], ...] = (
            ("n_units", 8 if quick else 40),
            ("condition", "spinal-cord-injury"),
            ("severity", severity),
        )
        group = tuple(people_of(Series("bolus", people, traits=traits, group="bolus"), 0))
        seeds = tuple(range(people))
        task = SpasmTest(watched_s=3.0) if quick else SpasmTest()
        plain, under = (
            measured(Job(task, given, group, seeds))
            for given in ((), (rs.interventions.IntrathecalBaclofen(),))
        )
        for word, name in (("burden", "burden"), ("duration", "duration_s")):
            without = sum(each[name] for each in plain)
            left = sum(each[name] for each in under)
            rows[f"spasm: {word} (% of that without)"].append(
                f"{100.0 * left / without:.0f}" if without > 0 else "no spasm"
            )
        plain, under = (
            measured(Job(MaximalEffort(), given, group, seeds))
            for given in ((), (rs.interventions.IntrathecalBaclofen(),))
        )
        rows["strength (% of that without)"].append(
            _mean(
                [100.0 * u["force_pct"] / p["force_pct"] for u, p in zip(under, plain, strict=True)]
            )
        )
    return _table(heads, rows)


def strengths_table() -> str:
    """Return the table of strengths, what they were fitted to, and how sure that is."""
    lines = [
        "| strength | value | fitted to | how sure | source |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, row in strengths().items():
        values = [f"{key} {row[key]:.3g}" for key in ("SOL", "GM", "TA") if key in row]
        value = ", ".join(values) or f"{row['value']:.3g}"
        cells = (
            f"`{name}`",
            f"{value} {row['unit']}",
            row["people"],
            row["certainty"],
            row["source"],
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def targets_table(names: Sequence[str], people: int, *, quick: bool) -> str:
    """Return each target of some groups beside the model."""
    groups = [TARGET_GROUPS[name] for name in names]
    series = [each for group in groups for each in group.series(people, 1)]
    if quick:
        series = [_smaller(each) for each in series]
    found = measure_all(series, seed=0)
    lines = [
        "| target | what | people | role | model | met | source |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for target in (target for group in groups for target in group.targets):
        value = target.measure(found)
        met = target.low <= value.value <= target.high
        model = f"{value.value:.3g} [{value.ci_low:.3g}, {value.ci_high:.3g}]"
        cells = (
            target.name,
            target.description,
            f"{target.low:.3g} to {target.high:.3g}",
            target.role_in(2),
            model,
            "yes" if met else "**no**",
            target.source,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _smaller(series: Series) -> Series:
    from dataclasses import replace

    traits = tuple((k, 12 if k == "n_units" else v) for k, v in series.traits)
    tests = tuple(test.replace(repeats=1) for test in series.reflexes)
    return replace(series, traits=traits, reflexes=tests)


def recurrent_table(people: int, *, quick: bool) -> str:
    """Return what Renshaw cells change in holds at 30 % MVC and in ramps to 20 %, same people."""
    hold = rs.Trapezoid(peak_pct_mvc=30, rise_s=5, fall_s=5, hold_s=10 if quick else 30)
    ramp = rs.Ramp(rise_s=2, fall_s=2) if quick else rs.Ramp()
    rows: dict[str, list[str]] = {words: [] for words in (*OF_HOLDS.values(), "ΔF (pps)")}
    heads = []
    for muscle in ("TA", "SOL"):
        for gain in (0.0, 1.0):
            heads.append(f"{muscle}, {'without' if gain == 0 else 'with'}")
            traits: tuple[tuple[str, Any], ...] = (
                ("muscle", muscle),
                ("recurrent_inhibition", gain),
            )
            traits += (("n_units", 12),) if quick else ()
            who = people_of(Series(muscle, people, traits=traits, group=muscle), 0)
            holds, ramps = (
                rs.experiment.simulate_many(
                    [rs.experiment.Trial(person, task, seed=k) for k, person in enumerate(who)]
                )
                for task in (hold, ramp)
            )
            measured = [rs.estimation.firing(each) for each in holds]
            for quantity, words in OF_HOLDS.items():
                rows[words].append(_mean([each.values[quantity] for each in measured]))
            of_ramps = [rs.estimation.firing(each).values["delta_f"] for each in ramps]
            rows["ΔF (pps)"].append(_mean(of_ramps))
    return _table(heads, rows)


def limb_table(people: int, *, quick: bool) -> str:
    """Return what people's moving ankles do, by condition, beside what is known of people."""
    small = {"repeats": 1} if quick else {"repeats": 4}
    clonus = ClonusSettings(repeats=1, **({"lasts_s": 1.0} if quick else {}))
    tests = (StretchSettings(**small), TapSettings(**small), clonus, AshworthSettings(**small))
    rows: dict[str, list[str]] = {words: [known] for words, known in OF_THE_LIMB.values()}
    heads = ["people"]
    for condition, words in LIMBS.items():
        heads.append(words)
        traits: tuple[tuple[str, Any], ...] = (
            ("muscle", "SOL"),
            ("n_units", 12 if quick else 100),
            ("condition", condition),
        )
        who = people_of(Series("SOL", people, traits=traits, group="SOL limb"), 0)
        found: dict[tuple[str, str], list[float]] = {}
        for test in tests:
            for k, person in enumerate(who):
                for each in reflex(person, test, seed=k).outcomes:
                    found.setdefault((test.name, each.name), []).append(each.value)
        for name, (says, _) in OF_THE_LIMB.items():
            rows[says].append(_mean(found[name]))
    return _table(heads, rows)


def _mean(values: list[float]) -> str:
    """Return mean and 95 % interval over people."""
    known = np.array([value for value in values if np.isfinite(value)])
    if len(known) < 2:
        return "not known"
    half = float(t.ppf(0.975, len(known) - 1) * known.std(ddof=1) / np.sqrt(len(known)))
    return f"{known.mean():.3g} ± {half:.2g}"


def _table(heads: list[str], rows: Mapping[str, list[str]]) -> str:
    lines = [f"| | {' | '.join(heads)} |", f"| --- |{' --- |' * len(heads)}"]
    lines += [f"| {words} | {' | '.join(cells)} |" for words, cells in rows.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
