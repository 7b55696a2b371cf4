"""Strengths of the spinal circuits, fitted to what people's reflexes do.

    uv run benchmarks/circuits.py fit
    uv run benchmarks/circuits.py hold
    uv run benchmarks/circuits.py hold-limb

`fit` finds the values of `src/renshaw/model/circuits/strengths.toml` and writes them there: each is
moved until the mean of six virtual people meets what the table says of people. They are drawn like
those of studies and of `renshaw validate`, and differ in where their axons and electrodes lie as
well. `hold` prints what was not fitted, of other people.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tomlkit

from renshaw.engine.run import EngineSettings
from renshaw.engine.session import Seat, Session
from renshaw.experiment.reflexes import (
    ClonusSettings,
    DepressionSettings,
    HReflexSettings,
    StretchSettings,
    TapSettings,
    reflex,
)
from renshaw.interventions import IntrathecalBaclofen
from renshaw.model.circuits import strengths
from renshaw.model.circuits.recurrent_inhibition import RecurrentInhibition
from renshaw.model.participant import Participant
from renshaw.study.laboratory import Series, people_of

TARGET = Path(strengths.__file__).with_name(strengths.FILE)
# What the values are fitted to (the table has the sources): declared before the first fit.
H_MAX = {"SOL": 45.0, "GM": 25.0, "TA": 10.0}
TRAINS = {1.0: 50.0, 5.0: 30.0}
AFTER_STROKE = 74.3
SLOWED_pps = 2.0
STRETCH_THRESHOLD_deg_per_s = 71.0
# Intrathecal baclofen, 50 ug after severe injury: H_max/M_max (% of that without), and by afferent
# endings alone, which are not the main part: a third of that.
WITH_BACLOFEN_pct = 23.0
ENDINGS_ALONE_pct = 100.0 - (100.0 - WITH_BACLOFEN_pct) / 3.0
SEVERE = {"condition": "spinal-cord-injury", "severity": 1.0}
FITTED, HELD_OUT = range(6), range(100, 108)
Table = dict[str, dict[str, float]]
CURVE = HReflexSettings(points=15, strongest_xmt=2.0, repeats=4)
STRETCHES = StretchSettings(
    velocities_deg_per_s=(20.0, 40.0, 60.0, 80.0, 100.0, 150.0, 220.0, 300.0), repeats=2
)
STEPS = 9


def main() -> None:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["fit", "hold", "hold-limb"], nargs="?")
    parser.add_argument("--only", choices=list(FITS), help="fit this strength alone")
    parser.add_argument("--quick", action="store_true", help="one small person, nothing written")
    asked = parser.parse_args()
    if asked.quick:
        curve = CURVE.replace(points=5, repeats=1)
        print(f"H_max/M_max {reflex(person('SOL', 0, n_units=20), curve).outcomes[0].value:.1f} %")
    elif asked.what == "fit":
        fit([asked.only] if asked.only else list(FITS))
    elif asked.what == "hold":
        hold()
    elif asked.what == "hold-limb":
        hold_limb()
    else:
        parser.error("say what to do")


def person(muscle: str, number: int, **changed: object) -> Participant:
    """Return one of the people: those up to 99 are fitted, others held out."""
    held_out, place = divmod(number, 100)
    traits = {"muscle": muscle, "n_units": 100, **changed}
    count = len(HELD_OUT) if held_out else len(FITTED)
    group = Series(muscle, count, traits=tuple(traits.items()), group=f"{muscle} circuits")
    return people_of(group, held_out)[place]


def fit(names: Sequence[str]) -> None:
    """Find the values and write them."""
    table = strengths.table()
    for name in names:
        FITS[name](table)
    written = tomlkit.parse(TARGET.read_text(encoding="utf-8"))
    for name, entry in table.items():
        for key in ("value", *H_MAX):
            if key in entry:
                written[name][key] = float(f"{entry[key]:.4g}")  # type: ignore[index]
    TARGET.write_text(tomlkit.dumps(written), encoding="utf-8")


def fit_volleys(table: Table) -> None:
    """Find how strongly a volley excites, muscle by muscle."""
    for muscle, wanted in H_MAX.items():
        entry = table["ia_volley"]
        moved_until(entry, muscle, lambda m=muscle: h_max(m, FITTED), wanted)
        print(f"ia_volley {muscle}: {entry[muscle]:.4g}", flush=True)


def fit_recurrent(table: Table) -> None:
    """Find how strongly Renshaw cells inhibit."""
    entry = table["recurrent_inhibition"]

    def slowed() -> float:
        return float(np.mean([slowed_pps(muscle, FITTED) for muscle in H_MAX]))

    moved_until(entry, "value", slowed, SLOWED_pps)
    print(f"recurrent_inhibition: {entry['value']:.4g}", flush=True)


def fit_spindles(table: Table) -> None:
    """Find how strongly human spindles follow velocity."""
    entry = table["spindle_velocity"]
    # It falls with the value; without a reflex there is none.
    moved_until(entry, "value", lambda: -stretch_threshold(FITTED), -STRETCH_THRESHOLD_deg_per_s)
    print(f"spindle_velocity: {entry['value']:.4g}", flush=True)


def stretch_threshold(numbers: Sequence[int], **changed: object) -> float:
    """Return the mean threshold velocity (deg/s) of the soleus of some persons at rest."""
    found = [reflex(person("SOL", n, **changed), STRETCHES, seed=n) for n in numbers]
    values = [each.outcome("threshold velocity") for each in found]
    return float(np.mean([value if np.isfinite(value) else 400.0 for value in values]))


def fit_endings(table: Table) -> None:
    """Find how much less Ia afferents release under intrathecal baclofen."""
    entry, other = table["intrathecal_presynaptic"], table["intrathecal_postsynaptic"]
    kept, other["value"] = other["value"], 0.0
    # What is left falls with the value.
    moved_until(entry, "value", lambda: -left_by_baclofen(FITTED), -ENDINGS_ALONE_pct)
    other["value"] = kept
    print(f"intrathecal_presynaptic: {entry['value']:.4g}", flush=True)


def fit_motoneurons(table: Table) -> None:
    """Find how much intrathecal baclofen opens the potassium channels of motoneurons."""
    entry = table["intrathecal_postsynaptic"]
    moved_until(entry, "value", lambda: -left_by_baclofen(FITTED), -WITH_BACLOFEN_pct)
    print(f"intrathecal_postsynaptic: {entry['value']:.4g}", flush=True)


def left_by_baclofen(numbers: Sequence[int], **settings: float | None) -> float:
    """Return H_max/M_max after severe injury under a bolus, mean, % of that without."""
    without, under = (
        sum(
            reflex(person("SOL", n, **SEVERE), CURVE, given, seed=n).outcome("H_max/M_max")
            for n in numbers
        )
        for given in ((), (IntrathecalBaclofen(**settings),))
    )
    return 100.0 * under / without


def moved_until(
    entry: dict[str, float], key: str, measure: Callable[[], float], wanted: float
) -> None:
    """Halve the range of a value on which a measure rises until the measure is as wanted."""
    low, high = np.log(max(1e-6, entry["low"])), np.log(entry["high"])
    for _ in range(STEPS):
        middle = (low + high) / 2
        entry[key] = float(np.exp(middle))
        low, high = (low, middle) if measure() > wanted else (middle, high)
    entry[key] = float(np.exp((low + high) / 2))


def fit_depression(table: Table) -> None:
    """Find the depressions in health, and how much of them is lost after stroke."""
    trains = DepressionSettings(frequencies_hz=(0.1, *TRAINS), pairs_s=(), reflexes=8, repeats=3)

    def lost_at(hz: float) -> float:
        found = [reflex(person("SOL", n), trains, seed=n) for n in FITTED]
        return -float(np.nanmean([r.outcome(f"H at {hz:g} Hz") for r in found]))

    # The slow one decides at 1 Hz and the fast one at 5 Hz, and each a little at the other.
    for _ in range(2):
        for name, hz in (("depression", 1.0), ("fast_depression", 5.0)):
            moved_until(table[name], "value", lambda at=hz: lost_at(at), -TRAINS[hz])
            print(f"{name}: {table[name]['value']:.4g}", flush=True)
    lost = table["depression_lost"]

    def kept() -> float:
        return after_stroke(FITTED)["H 1 s after H"]

    moved_until(lost, "value", kept, AFTER_STROKE)
    print(f"depression_lost: {lost['value']:.4g}", flush=True)


def after_stroke(numbers: Sequence[int]) -> dict[str, float]:
    """Return the second reflex of pairs after stroke, % of the first, by interval."""
    pairs = DepressionSettings(
        frequencies_hz=(0.1, 0.2), pairs_s=(1.0, 1 / 0.3, 5.0, 10.0), reflexes=2, repeats=4
    )
    found = [reflex(person("SOL", n, condition="stroke"), pairs, seed=n) for n in numbers]
    names = [each.name for each in found[0].outcomes if each.name.endswith("after H")]
    return {name: float(np.nanmean([r.outcome(name) for r in found])) for name in names}


def h_max(muscle: str, numbers: Sequence[int]) -> float:
    """Return the mean H_max/M_max (%) of some persons."""
    found = [reflex(person(muscle, n), CURVE, seed=n) for n in numbers]
    return float(np.mean([each.outcome("H_max/M_max") for each in found]))


def slowed_pps(muscle: str, numbers: Sequence[int]) -> float:
    """Return by how much Renshaw cells slow a strongly driven pool: mean rate of its units."""
    settings = EngineSettings()
    steps = round(3.0 / (settings.slow_ms / 1000))
    rates = []
    for gain in (0.0, 1.0):
        seats, inputs = [], []
        for number in numbers:
            who = person(muscle, number)
            cord, pool = who.cord, who.pool
            seats.append(Seat(pool, number, 0, None, RecurrentInhibition.of(pool, gain)))
            level = (0.6 * cord.largest_drive, cord.inhibition, cord.neuromodulation_at(60.0), 0.0)
            inputs.append(np.repeat(np.array(level)[:, None], steps, axis=1))
        session = Session(seats, steps * settings.slow_ms / 1000, settings)
        session.advance(np.stack(inputs))
        late = [[s[s > 1.0] for s in r.spikes_s] for r in session.responses()]
        rates.append(np.array([[len(s) / 2.0 for s in pool] for pool in late]))
    both = (rates[0] > 4) & (rates[1] > 4)
    return float((rates[0] - rates[1])[both].mean())


def hold() -> None:
    """Print what was not fitted, on persons who were not fitted."""
    for muscle in H_MAX:
        found = [reflex(person(muscle, n), CURVE, seed=n) for n in HELD_OUT]
        for name in [each.name for each in found[0].outcomes]:
            values = [each.outcome(name) for each in found]
            print(f"{muscle} {name}: {np.nanmean(values):.3g} (SD {np.nanstd(values):.2g})")
    sizes = DepressionSettings(frequencies_hz=(0.1, 0.2, 0.5, 1.0, 5.0), repeats=3)
    for pct in (25.0, 50.0, 99.0):
        test = sizes.replace(test_pct_hmax=pct)
        found = [reflex(person("SOL", n), test, seed=n) for n in HELD_OUT[:4]]
        said = {e.name: np.nanmean([r.outcome(e.name) for r in found]) for e in found[0].outcomes}
        print(f"SOL, test reflex {pct:g} % of H_max:", {k: round(v, 1) for k, v in said.items()})
    contracting = sizes.replace(background_pct_mvc=10.0)
    found = [reflex(person("SOL", n), contracting, seed=n) for n in HELD_OUT[:2]]
    print("SOL at 10 % MVC:", round(np.nanmean([r.outcome("H at 1 Hz") for r in found]), 1))
    print("SOL after stroke:", {k: round(v, 1) for k, v in after_stroke(HELD_OUT[:4]).items()})
    for condition in ("spinal-cord-injury", "multiple-sclerosis"):
        found = [reflex(person("SOL", n, condition=condition), sizes) for n in HELD_OUT[:4]]
        print(f"SOL {condition}:", round(np.nanmean([r.outcome("H at 1 Hz") for r in found]), 1))
    for muscle in H_MAX:
        print(f"Renshaw cells slow {muscle} by {slowed_pps(muscle, HELD_OUT[:4]):.2f} pps")
    for hours in (None, 1.0, 2.0, 8.0, 24.0):
        left = left_by_baclofen(HELD_OUT[:4], hours_after_dose=hours)
        print(f"baclofen beside the cord, hours {hours}: {left:.0f} % of H_max/M_max is left")
    hold_limb()


def hold_limb() -> None:
    """Print what the moving ankle does in persons who were not fitted."""
    tests = (STRETCHES, TapSettings(repeats=2), ClonusSettings(repeats=1))
    for condition in ("healthy", "stroke", "multiple-sclerosis", "spinal-cord-injury"):
        for test in tests:
            found = [
                reflex(person("SOL", n, condition=condition), test, seed=n) for n in HELD_OUT[:4]
            ]
            for name in [each.name for each in found[0].outcomes]:
                values = [each.outcome(name) for each in found]
                print(f"{condition}, {test.title}, {name}: {np.nanmean(values):.3g}", flush=True)


FITS = {
    "ia_volley": fit_volleys,
    "depression": fit_depression,
    "recurrent_inhibition": fit_recurrent,
    "spindle_velocity": fit_spindles,
    "intrathecal_presynaptic": fit_endings,
    "intrathecal_postsynaptic": fit_motoneurons,
}

if __name__ == "__main__":
    main()
