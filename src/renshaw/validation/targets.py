"""What a model of the human cord must reproduce: every target with its source and its band.

T1 to T12. A target is *fitted* when constants of the model were chosen so that it is met, and
*predicted* when they were not.
"""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.interventions import intervention
from renshaw.protocols import Ramp, SpasmTest, VibStim
from renshaw.study.laboratory import Series
from renshaw.study.measures import (
    Measure,
    change,
    contrast,
    icc,
    in_typical_errors,
    mean,
    mean_of_responders,
    power,
    retest_icc,
    share_of_people,
    share_of_units,
    spread_between,
    spread_of_responders,
    spread_within,
)

FITTED, PREDICTED = "fitted", "predicted"

# What the targets whose names begin so are about, in words.
GROUPS = {
    "T1": "Young adults: tibialis anterior",
    "T2": "Young adults: soleus, gastrocnemius",
    "T3": "Older adults",
    "T4": "Reciprocal inhibition",
    "T5": "Remote handgrip and relaxation",
    "T6": "Reciprocal inhibition and VibStim",
    "T7": "VibStim",
    "T8": "Stronger contractions",
    "T9": "Cyproheptadine",
    "T10": "Spread and reliability",
    "T11": "Women and men",
    "T12": "Spasms",
}

_DATA_2021 = "open data of Orssatto et al. 2021 (github.com/orssatto/PICs-ageing)"
_DATA_2022 = "open data of Orssatto et al. 2022 (github.com/orssatto/PICs-ageing_2.0)"
_SEED = "Mesquita et al. 2022, doi:10.1113/JP282765"
_VIBSTIM = "Mesquita et al. 2021, Eur J Appl Physiol"
_LEVELS = "Orssatto et al. 2021 (contraction levels, n = 21)"
_GOODLICH = "Goodlich et al. 2023 (cyproheptadine 8 mg)"
_RATES = "means of studies in the open data of Orssatto et al. (SRMA_MU)"
_SPASMS = "doi:10.1152/jn.2003.89.4.2065; Zijdewind et al. 2014, doi:10.3389/fnhum.2014.00922"


@dataclass(frozen=True)
class Target:
    """One number that people have, and the band in which the model's must lie.

    Parameters
    ----------
    name : str
        E.g. ``"T4 RI: delta F, GM"``.
    description : str
        What is measured, with its unit.
    source : str
    role : str
        ``"fitted"`` or ``"predicted"``.
    low, high : float
        Band.
    measure : callable
        From the estimates of all series to the number and its interval.
    """

    name: str
    description: str
    source: str
    role: str
    low: float
    high: float
    measure: Measure


def ramp_to(pct_mvc: float) -> Ramp:
    """Return the triangle to that level at 2 % MVC a second."""
    return Ramp(peak_pct_mvc=pct_mvc, rise_s=pct_mvc / 2, fall_s=pct_mvc / 2)


_OLDER = (("age_years", 70.0),)
_INJURED = (("condition", "spinal-cord-injury"), ("severity", 0.75))
_LATER_BURST = {"burst_strength": 30.0, "burst_after_s": 1.0}


def all_series(people: int, trials: int) -> tuple[Series, ...]:
    """Return all series that the targets need, with so many people in a group."""

    def ramps(name: str, muscle: str, *traits: tuple[str, object], **more: object) -> Series:
        values: dict[str, object] = {"group": name, "trials": trials, **more}
        who = (("muscle", muscle), *traits)
        return Series(name, people, traits=who, **values)  # type: ignore[arg-type]

    found = [ramps(f"{m} young", m) for m in ("TA", "SOL", "GM")]
    found += [ramps(f"{m} retest", m, group=f"{m} young", session=2) for m in ("TA", "SOL")]
    found += [ramps(f"{m} older", m, *_OLDER) for m in ("TA", "SOL")]
    for muscle in ("SOL", "GM"):
        for level in (10.0, 30.0):
            name = f"{muscle} {level:g} %"
            found.append(ramps(name, muscle, group=f"{muscle} young", protocol=ramp_to(level)))
    for sex in ("female", "male"):
        found.append(ramps(f"TA {sex}", "TA", ("sex", sex), group="TA sexes"))
    for name, muscle, given in (
        ("TA RI", "TA", "reciprocal-inhibition"),
        ("GM RI", "GM", "reciprocal-inhibition"),
        ("GM relaxed", "GM", "relaxation"),
        ("SOL handgrip", "SOL", "remote-handgrip"),
        ("TA handgrip", "TA", "remote-handgrip"),
    ):
        done = (intervention(given),)
        found.append(ramps(name, muscle, group=f"{muscle} young", given=done))
    cyproheptadine = (intervention("cyproheptadine"),)
    for level in (10.0, 30.0):
        group = {"group": "TA young", "protocol": ramp_to(level)}
        found.append(ramps(f"TA {level:g} %", "TA", **group))
        found.append(ramps(f"TA {level:g} % drug", "TA", given=cyproheptadine, **group))
    found += _vibstim_series(max(people, 20))
    found += _spasm_series(max(6, people // 2))
    return tuple(found)


def _vibstim_series(people: int) -> list[Series]:
    def vibrated(name: str, given: tuple[str, ...] = (), session: int = 1) -> Series:
        interventions = tuple(intervention(each) for each in given)
        traits = (("muscle", "SOL"),)
        return Series(
            f"VibStim {name}",
            people,
            VibStim(),
            traits,
            interventions,
            1,
            session,
            "VibStim",
            False,
        )

    return [
        vibrated("control"),
        vibrated("retest", session=2),
        vibrated("RI", ("reciprocal-inhibition",)),
        vibrated("relaxed", ("relaxation",)),
    ]


def _spasm_series(people: int) -> list[Series]:
    def touched(name: str, traits: tuple[tuple[str, object], ...], test: SpasmTest) -> Series:
        who = (("muscle", "TA"), *traits)
        return Series(f"spasm {name}", people, test, who, (), 1, 1, f"spasm {name}", False)

    return [
        touched("healthy", (), SpasmTest()),
        touched("injured", _INJURED, SpasmTest()),
        touched("stopped", _INJURED, SpasmTest(**_LATER_BURST)),
    ]


def _levels(
    name: str,
    muscle: str,
    source: str,
    role: str,
    delta_f: tuple[float, float],
    peak: tuple[float, float],
) -> tuple[Target, Target]:
    series = f"{muscle} young"
    return (
        Target(
            f"{name} {muscle}: delta F",
            f"delta F (pps), young, {muscle}, triangles to 20 % MVC",
            source,
            role,
            *delta_f,
            mean(series, "delta_f"),
        ),
        Target(
            f"{name} {muscle}: peak rate",
            f"peak discharge rate (pps), young, {muscle}, triangles to 20 % MVC",
            source,
            role,
            *peak,
            mean(series, "peak_rate"),
        ),
    )


_D, _P = "delta_f", "peak_rate"
_TV, _TS = "torque_vib", "torque_sust"

TARGETS: tuple[Target, ...] = (
    *_levels("T1", "TA", _DATA_2021, FITTED, (3.9, 4.9), (13.0, 16.0)),
    *_levels("T2", "SOL", _DATA_2021, FITTED, (2.4, 3.3), (9.5, 11.5)),
    *_levels("T2b", "GM", f"{_RATES}; delta F recalled", FITTED, (3.0, 4.0), (8.5, 11.5)),
    Target("T3 older TA: delta F", "older minus young (pps), TA", _DATA_2021, FITTED,
           -2.2, -0.9, contrast("TA older", "TA young", _D)),
    Target("T3 older SOL: delta F", "older minus young (pps), SOL", _DATA_2021, PREDICTED,
           -1.7, -0.7, contrast("SOL older", "SOL young", _D)),
    Target("T3 older TA: peak rate", "older minus young (pps), TA", _DATA_2021, FITTED,
           -2.5, -1.0, contrast("TA older", "TA young", _P)),
    Target("T3 older SOL: peak rate", "older minus young (pps), SOL", _DATA_2021, FITTED,
           -2.5, -1.0, contrast("SOL older", "SOL young", _P)),
    Target("T4 RI TA: delta F", "antagonist nerve stimulated minus control (pps), TA", _DATA_2022,
           FITTED, -0.95, -0.2, change("TA RI", "TA young", _D)),
    Target("T4 RI TA: peak rate", "antagonist nerve stimulated minus control (pps), TA",
           _DATA_2022, PREDICTED, -0.8, -0.1, change("TA RI", "TA young", _P)),
    Target("T4 RI GM: delta F", "antagonist nerve stimulated minus control (pps), GM",
           f"{_SEED} (direction); {_DATA_2022} (size)", FITTED, -0.95, -0.2,
           change("GM RI", "GM young", _D)),
    Target("T4 RI GM: peak rate", "antagonist nerve stimulated minus control (pps), GM",
           _DATA_2022, PREDICTED, -0.8, -0.1, change("GM RI", "GM young", _P)),
    Target("T4 RI GM: power", "studies of 15 people that find it, p < .05 (%)",
           "derived from variance components of open data", PREDICTED, 60.0, 100.0,
           power("GM RI", "GM young", _D, 15)),
    Target("T5 handgrip TA: delta F", "remote handgrip minus control (pps), TA", _DATA_2022,
           FITTED, 0.23, 0.58, change("TA handgrip", "TA young", _D)),
    Target("T5 handgrip SOL: delta F", "remote handgrip minus control (pps), SOL", _DATA_2022,
           FITTED, 0.16, 0.55, change("SOL handgrip", "SOL young", _D)),
    Target("T5 relaxation GM: delta F", "relaxed minus control (pps), GM",
           f"{_SEED} (direction); mirror of handgrip (size)", FITTED, -0.6, -0.2,
           change("GM relaxed", "GM young", _D)),
    Target("T5 relaxation: T_vib", "relaxed minus control (% MVC)", _SEED, PREDICTED,
           -5.0, -0.01, change("VibStim relaxed", "VibStim control", _TV)),
    Target("T5 relaxation: T_sust", "relaxed minus control (% MVC)", _SEED, PREDICTED,
           -5.0, -0.01, change("VibStim relaxed", "VibStim control", _TS)),
    Target("T6 RI: T_sust", "nerve stimulated minus control, in typical errors", _SEED, PREDICTED,
           -1.0, 1.0, in_typical_errors("VibStim RI", "VibStim control", "VibStim retest", _TS)),
    Target("T6 RI: T_vib", "nerve stimulated minus control, in typical errors", _SEED, PREDICTED,
           -1.0, 1.0, in_typical_errors("VibStim RI", "VibStim control", "VibStim retest", _TV)),
    Target("T7 T_vib", "torque during vibration (% MVC), people who respond (n = 11)", _VIBSTIM,
           FITTED, 7.0, 10.0, mean_of_responders("VibStim control", _TV)),
    Target("T7 T_vib: spread", "its standard deviation (% MVC)", _VIBSTIM, FITTED, 6.0, 9.0,
           spread_of_responders("VibStim control", _TV)),
    Target("T7 T_sust", "torque after vibration (% MVC), people who respond (n = 11)", _VIBSTIM,
           FITTED, 4.0, 5.5, mean_of_responders("VibStim control", _TS)),
    Target("T7 T_sust: spread", "its standard deviation (% MVC)", _VIBSTIM, PREDICTED, 4.0, 6.0,
           spread_of_responders("VibStim control", _TS)),
    Target("T7 responders", "people with torque after vibration (%; 11 of 20)", _VIBSTIM,
           FITTED, 35.0, 75.0, share_of_people("VibStim control", "responder")),
    Target("T8 SOL 10 to 20 %", "change of delta F with contraction level (pps); +0.6", _LEVELS,
           FITTED, 0.01, 1.5, change("SOL young", "SOL 10 %", _D)),
    Target("T8 SOL 20 to 30 %", "change of delta F with contraction level (pps); +0.5", _LEVELS,
           PREDICTED, 0.01, 1.5, change("SOL 30 %", "SOL young", _D)),
    Target("T8 GM 10 to 20 %", "change of delta F with contraction level (pps); +1.2", _LEVELS,
           FITTED, 0.01, 2.0, change("GM young", "GM 10 %", _D)),
    Target("T8 GM 20 to 30 %", "change of delta F with contraction level (pps); +0.1", _LEVELS,
           PREDICTED, -0.5, 0.7, change("GM 30 %", "GM young", _D)),
    Target("T9 cyproheptadine 10 %: delta F", "drug minus control (pps), TA, 10 % MVC", _GOODLICH,
           FITTED, -1.49, -0.50, change("TA 10 % drug", "TA 10 %", _D)),
    Target("T9 cyproheptadine 30 %: delta F", "drug minus control (pps), TA, 30 % MVC", _GOODLICH,
           FITTED, -1.13, -0.37, change("TA 30 % drug", "TA 30 %", _D)),
    Target("T9 cyproheptadine: peak rate", "drug minus control (pps), TA, 30 % MVC", _GOODLICH,
           FITTED, -1.59, -0.53, change("TA 30 % drug", "TA 30 %", _P)),
    Target("T9 cyproheptadine: self-sustained firing", "drug minus control (s), TA, 30 % MVC",
           "Goodlich et al. 2024, J Physiol", PREDICTED, -2.66, -0.88,
           change("TA 30 % drug", "TA 30 %", "self_sustained_duration")),
    Target("T10 retest TA: ICC", "ICC(2,1) of participants' delta F, two sessions",
           "20 men, 15 min apart: .75 [.63, .83] (research.chalmers.se/publication/541612)", FITTED,
           0.65, 0.90, retest_icc("TA young", "TA retest", _D)),
    Target("T10 retest SOL: ICC", "ICC(2,1) of participants' delta F, two sessions; .78",
           "open data of Orssatto et al. (RT-PICs-ageing; older people, 2 weeks apart)", FITTED,
           0.65, 0.90, retest_icc("SOL young", "SOL retest", _D)),
    Target("T10 TA: ICC", "share of the variance of units' delta F between people", _DATA_2021,
           FITTED, 0.12, 0.55, icc("TA young", _D)),
    Target("T10 SOL: ICC", "share of the variance of units' delta F between people", _DATA_2021,
           FITTED, 0.05, 0.45, icc("SOL young", _D)),
    Target("T10 TA: between", "standard deviation of delta F between people (pps); 0.89",
           _DATA_2021, FITTED, 0.45, 1.33, spread_between("TA young", _D)),
    Target("T10 SOL: between", "standard deviation of delta F between people (pps); 0.67",
           _DATA_2021, FITTED, 0.33, 1.0, spread_between("SOL young", _D)),
    Target("T10 TA: within", "standard deviation of delta F within people (pps); 1.11",
           _DATA_2021, FITTED, 0.8, 1.45, spread_within("TA young", _D)),
    Target("T10 SOL: within", "standard deviation of delta F within people (pps); 1.10",
           _DATA_2021, FITTED, 0.8, 1.45, spread_within("SOL young", _D)),
    Target("T10 TA: yield", "units with a usable delta F (%)", _DATA_2021, FITTED, 55.0, 62.0,
           share_of_units("TA young", _D, _P)),
    Target("T10 SOL: yield", "units with a usable delta F (%)", _DATA_2021, FITTED, 55.0, 62.0,
           share_of_units("SOL young", _D, _P)),
    Target("T11 women: delta F", "women minus men (pps)", "Jenz et al. 2023", FITTED, 0.4, 1.4,
           change("TA female", "TA male", _D)),
    Target("T11 women: peak rate", "women minus men (pps); no difference", "Jenz et al. 2023",
           PREDICTED, -0.6, 0.6, change("TA female", "TA male", _P)),
    Target("T12 healthy: spasm", "firing after a brief input (s)", _SPASMS, FITTED, 0.0, 1.0,
           mean("spasm healthy", "spasm_duration")),
    Target("T12 injured: spasm", "firing after a brief input (s), spinal cord injury", _SPASMS,
           FITTED, 2.0, 60.0, mean("spasm injured", "spasm_duration")),
    Target("T12 injured: rate", "mean rate in a spasm (pps)", _SPASMS, FITTED, 5.0, 10.0,
           mean("spasm injured", "spasm_mean_rate")),
    Target("T12 injured: stopped", "spasms that a burst of inhibition stops (%)",
           "Powers & Heckman pool", PREDICTED, 90.0, 100.0,
           share_of_people("spasm stopped", "spasm_stopped")),
)  # fmt: skip
