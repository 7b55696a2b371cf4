"""`Goal`: for whom a therapy is sought, among what, and by which rule it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.errors import SettingsError, suggestion
from renshaw.core.settings import Settings, setting
from renshaw.experiment.sleeper import NightSettings
from renshaw.model.conditions import CONDITIONS, HEALTHY
from renshaw.model.editions import TRAINED_EDITION
from renshaw.optimization.price import Price, sought_drugs
from renshaw.optimization.therapy import TIMINGS
from renshaw.protocols import SpasmTest
from renshaw.study.cohort import CohortSettings

SEVERITIES = {"mild": 0.25, "moderate": 0.5, "severe": 0.75, "complete": 1.0}


@dataclass(frozen=True, kw_only=True)
class SearchSettings(Settings):
    """What may be done, and how long is searched."""

    frequency_hz_min: float = setting(
        5.0, "lowest frequency of stimulation", unit="Hz", gt=0, le=500
    )
    frequency_hz_max: float = setting(
        100.0, "highest frequency of stimulation", unit="Hz", gt=0, le=500
    )
    intensity_xmt_min: float = setting(0.7, "weakest stimulation", unit="x MT", ge=0, le=5)
    intensity_xmt_max: float = setting(1.4, "strongest stimulation", unit="x MT", gt=0, le=5)
    pulse_width_ms: float = setting(1.0, "width of a pulse", unit="ms", gt=0.01, le=5)
    timings: tuple[str, ...] = setting(
        TIMINGS, "when stimulation may be given (empty: no stimulation)", choices=TIMINGS
    )
    depth_max: float = setting(
        1.0, "deepest relaxation that these people can reach (0: no relaxation)", ge=0, le=1
    )
    drugs: tuple[str, ...] = setting(
        lambda: tuple(sought_drugs()),
        "drugs that may be given, one at a time",
        choices=sought_drugs,
    )
    dose_pct_max: float = setting(
        50.0, "largest dose that is tried", unit="% of the usual maximum", gt=0, le=100
    )
    therapies: int = setting(
        96,
        "number of therapies screened: a fixed set, and those found by the search",
        ge=0,
        le=100_000,
    )
    batch: int = setting(16, "number of therapies evaluated at once", ge=1, le=1000)
    promising: int = setting(
        28,
        "number of screened therapies that are then confirmed on everybody, the best of each "
        "kind first",
        ge=8,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for low, high in (("frequency_hz_min", "frequency_hz_max"), ("intensity_xmt_min",) * 2):
            high = high.replace("_min", "_max")
            if getattr(self, low) > getattr(self, high):
                raise self.refusal(low, f"must not be above {high}, {getattr(self, high):g}.")
        if not self.timings and not self.drugs and self.depth_max == 0:
            why = "with no drug and no relaxation either there is nothing to search."
            raise self.refusal("timings", why)


@dataclass(frozen=True, kw_only=True)
class Rule(Settings):
    """Which therapy is recommended: the least burden within limits, in those who fare worst."""

    worse_share: float = setting(
        0.25,
        "share of people, those who fare worst, whose mean decides (1: the mean of all people)",
        gt=0,
        le=1,
    )
    force_pct_min: float = setting(
        95.0,
        "keep at least this much of maximal force (average over the worst share of people)",
        unit="% of untreated",
        ge=0,
        le=100,
    )
    discomfort_max: float = setting(3.0, "largest discomfort of stimulation, of 10", ge=0, le=10)
    dose_pct_max: float = setting(
        25.0, "largest acceptable dose", unit="% of the usual maximum", ge=0, le=100
    )
    charge_mC_per_h_max: float | None = setting(
        None, "largest charge per hour (empty: no limit)", unit="mC/h", gt=0
    )
    tie_pct: float = setting(
        1.0,
        "burdens that differ by less are a tie, decided by lower dose, then less discomfort, "
        "then less charge",
        unit="% of untreated",
        ge=0,
        le=50,
    )


@dataclass(frozen=True, kw_only=True)
class Goal(Settings):
    """For whom a therapy is sought, among what, and by which rule it is chosen."""

    name: str = setting("therapy", "short name; also the default folder")
    title: str = setting("", "title of the report")
    seed: int = setting(0, "seed of people, noise and search", ge=0, le=2**63 - 1)
    cohort: CohortSettings = setting(
        lambda: CohortSettings(
            edition=TRAINED_EDITION,
            muscle="SOL",
            n_units=24,
            condition="spinal-cord-injury",
            severity=0.75,
            severity_sd=0.08,
        ),
        "the virtual people, drawn for one condition; their number is set below",
    )
    posterior: str = setting(
        "",
        "folder written by renshaw infer for one person: the people are then drawn from what "
        "was inferred about that person, with the condition, severity and afferents of the "
        "cohort, which a ramp does not show",
    )
    few: int = setting(6, "people on whom all therapies are screened", ge=2, le=10_000)
    people: int = setting(
        12, "people on whom the promising therapies are confirmed", ge=3, le=10_000
    )
    held_out: int = setting(
        24,
        "new people, with new noise, on whom the chosen therapies are tested",
        ge=4,
        le=10_000,
    )
    repeats: int = setting(2, "spasm tests of each of the new people", ge=2, le=100)
    sleepers: int = setting(
        4, "new people whose night is simulated under each therapy", ge=0, le=10_000
    )
    retest_cv: float = setting(
        0.3,
        "variation of a person's burden from test to test, as a share of the untreated mean, "
        "for planning the trial (assumed; the model's own noise is smaller)",
        ge=0,
        le=3,
    )
    test: SpasmTest = setting(lambda: SpasmTest(watched_s=30.0), "the spasm test")
    night: NightSettings = setting(lambda: NightSettings(hours=4.0), "the night")
    search: SearchSettings = setting(SearchSettings, "what may be tried")
    rule: Rule = setting(Rule, "which therapy is recommended")
    price: Price = setting(Price, "costs of stimulation")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.name.strip():
            raise self.refusal("name", "must not be empty (short name).")
        if self.cohort.edition != TRAINED_EDITION:
            why = (
                "must be of the edition of the virtual person on which therapies are sought. Say "
                f"so in the cohort: edition = {TRAINED_EDITION}."
            )
            raise self.cohort.refusal("edition", why)
        if self.sleepers > self.held_out:
            why = f"must not be above held_out, {self.held_out}, whom they are of."
            raise self.refusal("sleepers", why)
        if self.few > self.people:
            why = f"must not be above people, {self.people}, whom they are of."
            raise self.refusal("few", why)

    @property
    def heading(self) -> str:
        """What the report is called."""
        if self.title:
            return self.title
        one = "one person, " if self.posterior else ""
        return f"Therapy for {one}{self.condition}"

    @property
    def condition(self) -> str:
        """The condition of the people in words, and its severity in the nearest one."""
        who = self.cohort
        if who.condition == HEALTHY:
            return HEALTHY
        near = min(SEVERITIES, key=lambda word: abs(SEVERITIES[word] - who.severity))
        return f"{who.condition.replace('-', ' ')}, {near}"


def goal_for(words: str) -> Goal:
    """Return the goal for a condition in words: ``"spinal cord injury, severe"``.

    Parameters
    ----------
    words : str
        A condition, and how severe it is.

    Raises
    ------
    SettingsError
        There is no such condition or severity.
    """
    goal = in_words(Goal(), words)
    word = goal.condition.rpartition(", ")[2]
    return goal.replace(name=f"{goal.cohort.condition}-{word}")


def in_words(goal: Goal, words: str) -> Goal:
    """Return a goal for people of another condition; its title goes, as it may name the old one.

    Raises
    ------
    SettingsError
        There is no such condition or severity.
    """
    condition, _, severity = (part.strip() for part in words.lower().partition(","))
    condition = condition.replace(" ", "-")
    severity = severity or "severe"
    ill = [name for name in CONDITIONS if name != HEALTHY]
    if condition not in ill:
        raise SettingsError(
            f"There is no condition {condition!r}.",
            code="settings.unknown",
            name="condition",
            value=condition,
            hint=suggestion(condition, ill),
        )
    if severity not in SEVERITIES:
        raise SettingsError(
            f"There is no severity {severity!r}.",
            code="settings.unknown",
            name="severity",
            value=severity,
            hint=suggestion(severity, SEVERITIES),
        )
    share = SEVERITIES[severity]
    spread = 0.0 if share == 1.0 else Goal().cohort.severity_sd
    cohort = goal.cohort.replace(condition=condition, severity=share, severity_sd=spread)
    return goal.replace(cohort=cohort, title="")
