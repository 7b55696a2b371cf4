"""What a study is planned with: its design, its sizes, its spreads and the changes to be seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

import numpy as np

from renshaw.core.errors import SettingsError
from renshaw.core.numbers import counted
from renshaw.core.settings import Settings, setting
from renshaw.statistics.planning.orders import williams

DELTA_F, MEAN, SPASMS = "delta_f", "mean", "spasms"
PAIRED, CROSSOVER, PARALLEL, ANCOVA, CLUSTER, N_OF_1 = (
    "paired",
    "crossover",
    "parallel",
    "ancova",
    "cluster",
    "n-of-1",
)
DESIGNS = (PAIRED, CROSSOVER, PARALLEL, ANCOVA, CLUSTER, N_OF_1)
HOLM, PRIMARY, ALL, JOINT = "holm", "primary", "all", "joint"

# Measured for ΔF, and used for ΔF alone (Orssatto et al. 2022, doi:10.1113/JP283708, and the data
# of Orssatto et al. 2023).
_OF_DELTA_F: dict[str, Any] = {
    "units": (3, 8),
    "effects": (-0.3, -0.4, -0.5),
    "effect_sd": 0.35,
    "residual_sd": 0.6,
    "unit_sd": 0.7,
    "participant_sd": 0.8,
}
# Of a diary of spasms; other people's diaries may differ.
_OF_SPASMS: dict[str, Any] = {
    "ratios": (0.8, 0.7, 0.5),
    "spasms_per_day": 10.0,
    "rate_sd_log": 0.8,
    "ratio_sd_log": 0.3,
    "dispersion": 0.3,
}
_WORDS = {
    "effects": "the true mean change",
    "effect_sd": "the spread of the true change between participants",
    "residual_sd": "the spread of a person from test to test",
    "unit_sd": "the spread between a participant's units",
    "participant_sd": "the spread between participants",
    "cluster_size": "the participants of a cluster",
    "cluster_sd": "the spread of the mean change between clusters",
}


@dataclass(frozen=True, kw_only=True)
class PlanSettings(Settings):
    """A study to be planned: how many, how variable, and what change there is to be seen.

    What is not given is that of the outcome where the outcome has published values (ΔF, spasms);
    of any other mean it is asked for. A setting that would change nothing is refused.
    """

    outcome: str = setting(
        DELTA_F,
        "what is measured: a mean over motor units (ΔF), any other mean, or a count (spasms)",
        choices=(DELTA_F, MEAN, SPASMS),
    )
    outcome_name: str = setting("", "name of the other mean, e.g. burden of spasms")
    outcome_unit: str = setting("", "unit of the other mean, e.g. % MVC s")
    design: str = setting(
        PAIRED,
        "paired: everyone before and after; crossover: everyone under both treatments, in random "
        "order (AB/BA, of more treatments Williams'); parallel: groups, their changes compared; "
        "ancova: groups, values after compared with those before as covariate; cluster: whole "
        "clusters are randomized; n-of-1: everyone in pairs of periods, one of each treatment",
        choices=DESIGNS,
    )
    participants: tuple[int, ...] = setting(
        (),
        "numbers of participants to look at (per group where there are groups of one size, in all "
        "where they are of several); those around the number that is needed, if none are given",
    )
    treatments: int = setting(
        2,
        "treatments that are compared, the control is one of them: a group each, or a period each "
        "of a crossover",
        ge=2,
        le=8,
    )
    allocation: str = setting(
        "", "participants of the groups to each other, the control last: 2:1 (as many in each)"
    )
    comparisons: str = setting(
        HOLM,
        "what is to be found where several treatments are compared with the control. holm: that "
        "the first one differs, at Holm's level for all of them; primary: that it differs, at the "
        "full level, as the one comparison that was named before; all: that every treatment with "
        "an effect differs (Holm); joint: that they are not all alike (F test)",
        choices=(HOLM, PRIMARY, ALL, JOINT),
    )
    others_effect: float = setting(
        0.0,
        "share of the first treatment's effect that the other treatments have (0: they do nothing; "
        "1: all do as much)",
        ge=0,
        le=1,
    )
    pairs: int = setting(
        4, "pairs of periods of each participant, one of each treatment (n-of-1)", ge=1, le=1000
    )
    units: tuple[int, ...] = setting(
        (), "numbers of motor units per participant (of ΔF: 3 and 8 if none are given)"
    )
    ramps: tuple[int, ...] = setting(
        (1,),
        "ramps per condition; tests, for another mean; days of the diary before and after, "
        "for spasms",
    )
    effects: tuple[float, ...] = setting(
        (), "true mean changes, in the unit of the outcome (of ΔF: -0.3 -0.4 -0.5 if not given)"
    )
    ratios: tuple[float, ...] = setting(
        (),
        "true ratios of the spasm rate, after relative to before (0.8 0.7 0.5 if not given)",
    )
    effect_sd: float | None = setting(
        None,
        "spread of the true change between participants, in the unit of the outcome (of ΔF: "
        "0.35 if not given)",
        ge=0,
    )
    residual_sd: float | None = setting(
        None,
        "spread of a unit from ramp to ramp, or of a person from test to test, in the unit of "
        "the outcome (of ΔF: 0.6 if not given)",
        ge=0,
        source="10.1113/JP283708",
    )
    unit_sd: float | None = setting(
        None,
        "spread between a participant's motor units, in the unit of the outcome; it counts where "
        "units are not tracked, and with the baseline as covariate (of ΔF: 0.7 if not given)",
        ge=0,
    )
    participant_sd: float | None = setting(
        None,
        "spread between participants, in the unit of the outcome; it counts with the baseline "
        "as covariate (of ΔF: 0.8 if not given)",
        ge=0,
    )
    tracked: bool = setting(True, "the same units are found in both conditions")
    units_vary: bool = setting(
        False, "numbers of units vary by chance between participants (Poisson, at least 1)"
    )
    cluster_size: int | None = setting(
        None, "participants of a cluster (a ward, a center) that is randomized as a whole", ge=1
    )
    cluster_sd: float | None = setting(
        None, "spread of the mean change between clusters, in the unit of the outcome", ge=0
    )
    carry_over: float = setting(
        0.0,
        "share of the effect that is still there in the next period of a crossover; a washout of "
        "k half-lives leaves 0.5^k",
        ge=0,
        lt=1,
    )
    dropout: float = setting(
        0.0, "share of participants who will be lost and not be analyzed", ge=0, lt=1
    )
    effect_se: float = setting(
        0.0,
        "standard error of the true mean change, in the unit of the outcome (of the logarithm of "
        "the ratio, for spasms): power is then averaged over what it may be (assurance)",
        ge=0,
    )
    spread_from: int | None = setting(
        None,
        "number of participants from whom the spread of the true change is known: power is then "
        "averaged over what the spread may be (assurance)",
        ge=3,
    )
    spasms_per_day: float | None = setting(
        None, "median spasm rate of participants (10 if not given)", unit="1/day", gt=0
    )
    rate_sd_log: float | None = setting(
        None,
        "spread of the logarithm of the rate between participants (0.8 if not given)",
        ge=0,
    )
    ratio_sd_log: float | None = setting(
        None,
        "spread of the logarithm of the ratio between participants (0.3 if not given)",
        ge=0,
    )
    dispersion: float | None = setting(
        None,
        "overdispersion of daily counts: variance = mean + dispersion x mean^2 (0: Poisson; 0.3 "
        "if not given)",
        ge=0,
    )
    alpha: float = setting(0.05, "significance level of the two-sided test", gt=0, lt=0.5)
    target_power: float = setting(0.8, "power from which a change counts as detectable", gt=0, lt=1)
    simulations: int = setting(
        10_000, "simulated studies for each combination", ge=100, le=10_000_000
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        fewest = 1 if self.design == N_OF_1 else 2
        for name, least in (("participants", fewest), ("units", 1), ("ramps", 1)):
            values = tuple(self._count(name, v, least) for v in self._all(name))
            object.__setattr__(self, name, values)
        for name in ("effects", "ratios"):
            object.__setattr__(self, name, tuple(self._real(name, v) for v in self._all(name)))
        self._refuse_no_effect()
        kind = _Kind(self.outcome, self.design, self.tracked, self.of_units, self.treatments)
        for name, idle in _IDLE.items():
            if _given(self, name) and (why := idle(kind)):
                raise self.refusal(name, why)
        self._refuse_combinations()
        self._ask()

    @property
    def measured(self) -> str:
        """What is measured, in words."""
        return {DELTA_F: "ΔF", SPASMS: "spasms"}.get(self.outcome) or self.outcome_name or "a mean"

    @property
    def unit(self) -> str:
        """The unit of effects, as tables and pictures state it."""
        return {DELTA_F: "pps", SPASMS: "ratio"}.get(self.outcome, self.outcome_unit)

    @property
    def has_groups(self) -> bool:
        """Whether numbers of participants are those of a group."""
        return self.design in (PARALLEL, ANCOVA, CLUSTER)

    @property
    def shares(self) -> tuple[int, ...]:
        """How many participants of each group there are to each other; the control is the last."""
        if not self.allocation:
            return (1,) * self.treatments
        whole = [int(each) for each in self.allocation.split(":")]
        common = math.gcd(*whole)
        return tuple(each // common for each in whole)

    @property
    def uneven(self) -> bool:
        """Whether groups are of several sizes; numbers of participants are then those of all."""
        return len(set(self.shares)) > 1

    @property
    def step(self) -> int:
        """Participants that come together: those of a cluster, of a round of allocation."""
        together = int(self.cluster_size or 1) if self.design == CLUSTER else 1
        return together * (sum(self.shares) if self.uneven else 1)

    @property
    def least(self) -> int:
        """The fewest participants that can be tested, as numbers of participants are meant."""
        if self.design == CROSSOVER:
            return 3 if self.treatments == 2 else len(williams(self.treatments))
        # Two of the smallest group, or two clusters.
        return self.step * (-(-2 // min(self.shares)) if self.uneven else 2)

    @property
    def weights(self) -> tuple[float, ...]:
        """Shares of the effect that treatments have, compared with the control."""
        return (1.0, *[self.others_effect] * (self.treatments - 2))

    def sizes(self, participants: int) -> tuple[int, ...]:
        """Return how many participants each group (each order, of a crossover) has.

        Parameters
        ----------
        participants : int
            Of a group; of all of them where they are `uneven`, and where there are none.
        """
        if self.design in (PAIRED, N_OF_1):
            return (participants,)
        if self.design == CROSSOVER:
            orders = len(williams(self.treatments))
            return tuple((participants + orders - 1 - n) // orders for n in range(orders))
        if not self.uneven:
            return (participants,) * self.treatments
        rounds = participants // sum(self.shares)
        return tuple(rounds * share for share in self.shares)

    @property
    def of_units(self) -> bool:
        """Whether a value is a mean over motor units."""
        return self.outcome == DELTA_F or (self.outcome == MEAN and bool(self.units))

    @property
    def assured(self) -> bool:
        """Whether power is averaged over what is not known for sure."""
        return self.effect_se > 0 or self.spread_from is not None

    def value(self, name: str) -> Any:
        """Return a setting as it is used: as given, or as published of this outcome.

        Parameters
        ----------
        name : str
            ``"units"``, ``"effects"``, ``"effect_sd"``, ...
        """
        given = getattr(self, name)
        if given is not None and given != ():
            return given
        known = {DELTA_F: _OF_DELTA_F, SPASMS: _OF_SPASMS}.get(self.outcome, {})
        # Of anything but a mean of motor units, a test (or a day) gives one value.
        return known.get(name, {"units": (1,)}.get(name, 0.0))

    @property
    def changes(self) -> tuple[float, ...]:
        """The true changes (ratios, of spasms) that are planned for."""
        found: tuple[float, ...] = self.value("ratios" if self.outcome == SPASMS else "effects")
        return found

    def _all(self, name: str) -> tuple[Any, ...]:
        values = getattr(self, name)
        if not isinstance(values, tuple) or (name == "ramps" and not values):
            raise self.refusal(name, "must be a list of numbers.")
        if len(values) > 200:
            raise SettingsError(
                f"PlanSettings.{name}: {len(values)} values are too many.",
                code="settings.impossible",
                owner="PlanSettings",
                name=name,
            )
        return values

    def _count(self, name: str, value: Any, least: int) -> int:
        whole = not isinstance(value, bool) and hasattr(value, "__index__")
        if not whole or not least <= int(value) <= 100_000:
            why = f"{value!r} must be a whole number from {least} to 100000."
            raise self.refusal(name, why)
        return int(value)

    def _real(self, name: str, value: Any) -> float:
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not number or not math.isfinite(value):
            raise self.refusal(name, f"{value!r} must be a number.")
        return float(value)

    def _refuse_no_effect(self) -> None:
        nothing = "no change: no number of participants shows it. Give the smallest that matters."
        if any(effect == 0 for effect in self.effects):
            raise self.refusal("effects", f"0 is {nothing}")
        if any(ratio <= 0 for ratio in self.ratios):
            raise self.refusal("ratios", "a ratio must be above 0.")
        if any(ratio == 1 for ratio in self.ratios):
            raise self.refusal("ratios", f"1 is {nothing}")

    def _refuse_combinations(self) -> None:
        if self.outcome == SPASMS and self.design in (ANCOVA, CLUSTER, N_OF_1):
            raise self.refusal("design", "a diary of spasms is paired, crossover or parallel.")
        if self.outcome == SPASMS and self.design == CROSSOVER and self.treatments > 2:
            raise self.refusal("treatments", "a crossover of diaries is planned for two of them.")
        self._refuse_allocation()
        self._refuse_sizes()
        if self.comparisons == ALL and not self.others_effect:
            raise self.refusal(
                "comparisons",
                "all are to be found, and only the first treatment has an effect; say how much of "
                "it the others have (others_effect).",
            )
        if self.outcome != SPASMS and not self._varies():
            raise self.refusal("residual_sd", "nothing varies, so that two people would do.")
        if self.spread_from is not None and not self._spread():
            raise self.refusal("spread_from", "the spread of the true change is 0; there is none.")

    def _refuse_allocation(self) -> None:
        if not self.allocation:
            return
        words = self.allocation.split(":")
        if not all(each.strip().isdecimal() and 0 < int(each) <= 100 for each in words):
            raise self.refusal(
                "allocation",
                "it is written as whole numbers from 1 to 100, the control last: 2:1.",
            )
        if len(words) != self.treatments:
            raise self.refusal(
                "allocation",
                f"that is of {counted(len(words), 'group')}, and there are {self.treatments} "
                "(treatments), the control last.",
            )

    def _refuse_sizes(self) -> None:
        """Refuse numbers of participants that are no whole clusters or rounds of allocation."""
        if self.design == CLUSTER and not self.cluster_size:
            return
        fewest = 1 if self.design == N_OF_1 else self.least
        for n in self.participants:
            if n >= fewest and n % self.step == 0:
                continue
            if self.uneven:
                of = f" of clusters of {self.cluster_size}" if self.design == CLUSTER else ""
                ratio = ":".join(map(str, self.shares))
                raise self.refusal(
                    "participants",
                    f"{n} (in all groups) can't be parted {ratio}{of}: multiples of {self.step}, "
                    f"from {self.least}.",
                )
            if self.design == CLUSTER:
                raise self.refusal(
                    "participants", f"{n} is not two or more whole clusters of {self.cluster_size}."
                )
            raise self.refusal("participants", f"{n} are too few; {self.least} can be tested.")

    def _varies(self) -> bool:
        """Whether anything makes changes differ (what is not given is asked for afterwards)."""
        names = ["effect_sd", "residual_sd", "cluster_sd"]
        names += [] if self.tracked and self.design != ANCOVA else ["unit_sd"]
        unknown = self.outcome == MEAN and None in (self.effect_sd, self.residual_sd)
        return unknown or any(self.value(name) for name in names)

    def _spread(self) -> float:
        return float(self.value("ratio_sd_log" if self.outcome == SPASMS else "effect_sd"))

    def _ask(self) -> None:
        """Ask for what nobody can know of this outcome or design but who plans."""
        missing = []
        if self.outcome == MEAN:
            missing = [n for n in ("effects", "effect_sd", "residual_sd") if not _given(self, n)]
            if self.design == ANCOVA and not _given(self, "participant_sd"):
                missing.append("participant_sd")
            counts = not self.tracked or self.design == ANCOVA
            if self.units and counts and not _given(self, "unit_sd"):
                missing.append("unit_sd")
        if missing:
            unit = f", in {self.outcome_unit}" if self.outcome_unit else ", in its unit"
            self._miss(
                missing,
                f"those of ΔF are not those of {self.measured}",
                f"{unit}. A table of yours knows the spreads: "
                'renshaw plan PILOT.csv --formula "y ~ time + (1|participant)".',
            )
        if self.design == CLUSTER:
            missing = [n for n in ("cluster_size", "cluster_sd") if not _given(self, n)]
            if missing:
                self._miss(missing, "whole clusters are randomized", ".")

    def _miss(self, names: list[str], why: str, end: str) -> NoReturn:
        asked = "; ".join(f"{_WORDS[name]} ({name})" for name in names)
        raise SettingsError(
            f"PlanSettings.{names[0]} is not given: {why}. Say {asked}{end}",
            code="settings.impossible",
            owner="PlanSettings",
            name=names[0],
        )


class _Kind(NamedTuple):
    """What decides which settings count."""

    outcome: str = DELTA_F
    design: str = PAIRED
    tracked: bool = True
    of_units: bool = True
    treatments: int = 2


def _given(settings: PlanSettings, name: str) -> bool:
    default = next(info.default for info in settings.describe() if info.name == name)
    return bool(getattr(settings, name) != default)


def _mean_only(k: _Kind) -> str:
    if k.outcome == MEAN:
        return ""
    return f"is for another mean, outcome = 'mean'; {k.outcome} has its own."


def _no_spasms(k: _Kind) -> str:
    return "does nothing for spasms, which have ratios." if k.outcome == SPASMS else ""


def _spasms_only(k: _Kind) -> str:
    return "" if k.outcome == SPASMS else "is for spasms, outcome = 'spasms'; here it does nothing."


def _units_only(k: _Kind) -> str:
    return "" if k.of_units else "is of motor units, and here are none: it does nothing."


def _unit_sd(k: _Kind) -> str:
    if k.of_units and k.tracked and k.design != ANCOVA:
        return (
            "does nothing where the same units are found in both conditions: constant differences "
            "between them cancel. It counts where they aren't (tracked = False)."
        )
    return _units_only(k)


def _participant_sd(k: _Kind) -> str:
    if k.outcome == SPASMS:
        return "does nothing for spasms, which have rate_sd_log."
    if k.design != ANCOVA:
        return (
            f"does nothing in a {k.design} design: constant differences between participants "
            "cancel. It counts where the baseline is a covariate (design = 'ancova'); how much "
            "participants differ in their change is effect_sd."
        )
    return ""


def _clusters_only(k: _Kind) -> str:
    if k.design == CLUSTER:
        return ""
    return "is for clusters that are randomized, design = 'cluster'; here it does nothing."


def _crossover_only(k: _Kind) -> str:
    if k.design == N_OF_1:
        return "is not planned for in n-of-1: leave a washout between periods."
    return "" if k.design == CROSSOVER else f"there is none in a {k.design} design."


def _treatments(k: _Kind) -> str:
    if k.design in (PAIRED, N_OF_1):
        return (
            f"{k.design}: two conditions are compared. Of several, plan a crossover (everyone "
            "under each of them) or parallel groups."
        )
    return ""


def _several_only(k: _Kind) -> str:
    return "" if k.treatments > 2 else "does nothing: one treatment is compared with the control."


def _groups_only(k: _Kind) -> str:
    if k.design in (PARALLEL, ANCOVA, CLUSTER):
        return ""
    return f"does nothing in a {k.design} design: everyone has every condition."


def _n_of_1_only(k: _Kind) -> str:
    return "" if k.design == N_OF_1 else f"does nothing in a {k.design} design; it is of n-of-1."


def _units_vary(k: _Kind) -> str:
    if k.design == N_OF_1 or (k.design == CROSSOVER and k.treatments > 2):
        return "is not planned for here; plan with the least number of units that is usual."
    return _units_only(k)


# Why a setting would do nothing; empty where it does something.
_IDLE: dict[str, Callable[[_Kind], str]] = {
    "outcome_name": _mean_only,
    "outcome_unit": _mean_only,
    "effects": _no_spasms,
    "effect_sd": _no_spasms,
    "residual_sd": _no_spasms,
    "units": _no_spasms,
    "tracked": _units_only,
    "units_vary": _units_vary,
    "treatments": _treatments,
    "allocation": _groups_only,
    "comparisons": _several_only,
    "others_effect": _several_only,
    "pairs": _n_of_1_only,
    "unit_sd": _unit_sd,
    "participant_sd": _participant_sd,
    "cluster_size": _clusters_only,
    "cluster_sd": _clusters_only,
    "carry_over": _crossover_only,
    **dict.fromkeys(_OF_SPASMS, _spasms_only),
}


def usable(chosen: Mapping[str, Any], measured: Mapping[str, float]) -> dict[str, float]:
    """Return those measured spreads that count in the plan that is chosen, and are not in it.

    Parameters
    ----------
    chosen : mapping
        Settings of the plan that were given.
    measured : mapping of str to float
        As a test-retest gives them: ``{"participant_sd": 1.2, "residual_sd": 0.5}``.
    """
    outcome = chosen.get("outcome", DELTA_F)
    of_units = outcome == DELTA_F or (outcome == MEAN and bool(chosen.get("units")))
    design, tracked = chosen.get("design", PAIRED), chosen.get("tracked", True)
    kind = _Kind(outcome, design, tracked, of_units, chosen.get("treatments", 2))
    return {
        name: value
        for name, value in measured.items()
        if name not in chosen and not _IDLE[name](kind)
    }
