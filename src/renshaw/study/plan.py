"""`StudyPlan`: who does what under which conditions, and how it is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from renshaw.core.errors import SettingsError, suggestion
from renshaw.core.settings import Settings, setting
from renshaw.decomposition.settings import DecomposeSettings
from renshaw.estimation import EstimateSettings, rules
from renshaw.estimation.settings import RULES
from renshaw.experiment.observation import ObservationSettings
from renshaw.interventions import Intervention, as_interventions
from renshaw.protocols import PROTOCOLS, Protocol, Ramp
from renshaw.study.cohort import CohortSettings
from renshaw.study.recordings import RecordingsSettings

KEPT = ("examples", "all", "none")
DIRECTIONS = ("lower", "higher", "unchanged")


@dataclass(frozen=True, kw_only=True)
class Condition(Settings):
    """One condition that every participant of an arm goes through."""

    name: str = setting("control", "name of the condition in tables and reports")
    given: tuple[Intervention, ...] = setting((), "interventions, in any order")
    analyzed: bool = setting(
        True, "include in the comparison; a familiarization is done and kept, but not compared"
    )
    session: int = setting(
        1, "session in which it is done; people vary from session to session", ge=0, le=1000
    )
    noise: str = setting(
        "shared",
        "synaptic noise of a trial: shared with the other conditions of the session, so that "
        "only the condition differs, or its own, as in a repeat",
        choices=("shared", "own"),
    )
    repeats: int | None = setting(
        None, "trials of each participant (empty: as many as in the arm)", ge=1, le=1000
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "given", as_interventions(self.given))


@dataclass(frozen=True, kw_only=True)
class Task(Settings):
    """One protocol that every participant of an arm does in every condition."""

    name: str = setting("", "name in tables (empty: the name of its kind)")
    protocol: Protocol = setting(Ramp, "the task")

    @property
    def title(self) -> str:
        """What tables call it."""
        kinds = (kind for kind, made in PROTOCOLS.items() if type(self.protocol) is made)
        return self.name or next(kinds, type(self.protocol).__name__)


@dataclass(frozen=True, kw_only=True)
class Arm(Settings):
    """People, real or virtual, who all do the same; compared within themselves."""

    name: str = setting("study", "name of the arm in tables and reports")
    cohort: CohortSettings | None = setting(CohortSettings, "the virtual participants")
    recordings: RecordingsSettings | None = setting(
        None, "files of real participants, instead of a virtual cohort"
    )
    protocols: tuple[Task, ...] = setting((Task(),), "tasks of the virtual participants")
    conditions: tuple[Condition, ...] = setting(
        (Condition(),), "conditions; the first that is analyzed is the reference"
    )
    repeats: int = setting(3, "trials of each virtual participant in each condition", ge=1, le=1000)
    observed: ObservationSettings | None = setting(
        None,
        "include only motor units that surface EMG decomposition would find (empty: all "
        "motoneurons)",
    )
    tracked: bool | None = setting(
        None,
        "units of one label are the same motoneuron in all recordings of a participant (empty: "
        "yes for virtual participants, no for real ones)",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.recordings is not None:
            object.__setattr__(self, "cohort", None)
        elif self.cohort is None:
            raise SettingsError("An arm needs a cohort or recordings.")
        _refuse_twins("condition", [condition.name for condition in self.conditions])
        _refuse_twins("protocol", [task.title for task in self.protocols])
        if self.cohort is not None:
            if not any(condition.analyzed for condition in self.conditions):
                raise SettingsError("A study needs at least one condition that is analyzed.")
            if not self.protocols:
                raise SettingsError("An arm of virtual participants needs a protocol.")

    @property
    def virtual(self) -> bool:
        """Whether the participants are simulated."""
        return self.cohort is not None

    @property
    def same_units(self) -> bool:
        """Whether units of one label are the same motoneuron in all recordings of a person."""
        return self.virtual if self.tracked is None else self.tracked

    @property
    def trials_each(self) -> int:
        """Trials of one virtual participant."""
        once = sum(condition.repeats or self.repeats for condition in self.conditions)
        return once * len(self.protocols)

    @property
    def reference(self) -> str | None:
        """The condition that others are compared with; None where the files will say."""
        return next((c.name for c in self.conditions if c.analyzed), None)


@dataclass(frozen=True, kw_only=True)
class Published(Settings):
    """What was found in people, to hold beside what the study finds."""

    arm: str = setting("study", "arm of this study")
    condition: str = setting("", "condition of that arm")
    quantity: str = setting("delta_f", "what was measured")
    direction: str = setting(
        "lower", "direction of the change from the reference", choices=DIRECTIONS
    )
    source: str = setting("", "where it was published")


@dataclass(frozen=True, kw_only=True)
class StudyPlan(Settings):
    """Who does what under which conditions, and how it is measured."""

    name: str = setting("study", "short name; also the default folder")
    title: str = setting("", "title of the report")
    question: str = setting("", "the question that the study answers")
    seed: int = setting(0, "seed of participants and synaptic noise", ge=0, le=2**63 - 1)
    rules: str = setting("renshaw", "rule set of the estimators", choices=tuple(RULES))
    estimate: EstimateSettings | None = setting(
        None, "settings of the estimators that differ from the rule set"
    )
    decompose: DecomposeSettings | None = setting(
        None, "settings for decomposing raw high-density EMG (empty: defaults)"
    )
    formula: str | None = setting(
        None, "mixed model of the whole study, e.g. delta_f ~ condition * arm + (1|participant)"
    )
    mixed_models: bool = setting(
        True, "also fit a mixed model of each quantity; takes seconds each"
    )
    keep: str = setting(
        "examples",
        "simulated recordings kept as files: one of each condition (examples), all, or none; "
        "any can be made again from its seed. Decomposed recordings are all kept unless none, "
        "with their raw EMG if all",
        choices=KEPT,
    )
    pairs: bool = setting(
        True,
        "keep the values of every pair of units; without them the tables are a tenth of the size",
    )
    arms: tuple[Arm, ...] = setting(lambda: (Arm(),), "groups of people")
    published: tuple[Published, ...] = setting((), "published findings to compare with")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.arms:
            raise SettingsError("A study needs at least one arm.")
        _refuse_twins("arm", [arm.name for arm in self.arms])
        object.__setattr__(self, "arms", _with_prefixes(self.arms))
        for published in self.published:
            _refuse_unknown_names(self.arms, published)

    @property
    def settings(self) -> EstimateSettings:
        """The settings of the estimators."""
        return self.estimate if self.estimate is not None else rules(self.rules)

    @property
    def decomposition(self) -> DecomposeSettings:
        """The settings of the decomposition."""
        return self.decompose if self.decompose is not None else DecomposeSettings()

    @property
    def trials(self) -> int:
        """Number of simulated recordings."""
        return sum(
            arm.cohort.participants * arm.trials_each for arm in self.arms if arm.cohort is not None
        )

    @property
    def editions(self) -> tuple[int, ...]:
        """The editions of the virtual participants."""
        return tuple(sorted({arm.cohort.edition for arm in self.arms if arm.cohort is not None}))

    def arm(self, name: str) -> Arm:
        """Return the arm of that name.

        Parameters
        ----------
        name : str
            As the plan calls it.
        """
        return next(arm for arm in self.arms if arm.name == name)

    def of_at_most(self, people: int) -> StudyPlan:
        """Return the plan with fewer virtual participants, who are the first of all.

        Parameters
        ----------
        people : int
            The most in each arm.

        Raises
        ------
        SettingsError
            Fewer than two, or no virtual participants.
        """
        if people < 2:
            raise SettingsError(
                f"--people {people} (people={people}): at least two are needed in each group."
            )
        if not self.trials:
            raise SettingsError(
                "Only virtual participants can be limited to a number of people, and this study "
                "has none. To analyze fewer real ones, name their files in the study file."
            )
        return self.replace(arms=tuple(_of_at_most(arm, people) for arm in self.arms))


def _of_at_most(arm: Arm, people: int) -> Arm:
    if arm.cohort is None:
        return arm
    participants = min(people, arm.cohort.participants)
    return arm.replace(cohort=arm.cohort.replace(participants=participants))


def _with_prefixes(arms: Sequence[Arm]) -> tuple[Arm, ...]:
    """Name the people of each arm apart, unless the plan says that they are the same."""
    made: list[Arm] = []
    people: dict[str, CohortSettings] = {}
    for n, arm in enumerate(arms):
        if arm.cohort is not None and not arm.cohort.prefix:
            letter = "P" if len(arms) == 1 else _letters(n)
            arm = arm.replace(cohort=arm.cohort.replace(prefix=letter))
        if arm.cohort is not None:
            who = arm.cohort.replace(participants=2)
            if people.setdefault(who.prefix, who) != who:
                raise SettingsError(
                    f"Two arms name their participants {who.prefix!r}, but differ in the cohort; "
                    "give one of them another prefix, or both the same cohort."
                )
        made.append(arm)
    return tuple(made)


def _letters(n: int) -> str:
    # P stays for studies of one arm, whose people are other people.
    letters = ascii_uppercase.replace("P", "")
    return letters[n % len(letters)] * (1 + n // len(letters))


def _refuse_twins(what: str, names: Sequence[str]) -> None:
    for name in names:
        if not name.strip():
            raise SettingsError(f"A {what} needs a name.")
        if names.count(name) > 1:
            raise SettingsError(f"Two {what}s are called {name!r}; give each its own name.")


def _refuse_unknown_names(arms: Sequence[Arm], published: Published) -> None:
    names = [arm.name for arm in arms]
    if published.arm not in names:
        raise SettingsError(
            f"published: there is no arm {published.arm!r}.",
            code="settings.unknown",
            owner="Published",
            name="arm",
            value=published.arm,
            hint=suggestion(published.arm, names),
        )
    arm = next(arm for arm in arms if arm.name == published.arm)
    conditions = [condition.name for condition in arm.conditions]
    if arm.virtual and published.condition not in conditions:
        raise SettingsError(
            f"published: there is no condition {published.condition!r}.",
            code="settings.unknown",
            owner="Published",
            name="condition",
            value=published.condition,
            hint=suggestion(published.condition, conditions),
        )
