"""`reflex`: a test by its name or its settings, in a person, under interventions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from renshaw.core.errors import SettingsError, did_you_mean
from renshaw.core.history import History, Step
from renshaw.core.settings import as_python
from renshaw.core.version import __version__
from renshaw.data.arrays import FloatArray
from renshaw.engine.run import EngineSettings
from renshaw.experiment.reflexes.bench import Bench, EMG_hz, Progress
from renshaw.experiment.reflexes.result import Outcome, Reflex
from renshaw.experiment.reflexes.settings import ReflexSettings
from renshaw.interventions import Intervention, as_interventions
from renshaw.model.participant import Participant

if TYPE_CHECKING:
    import pandas as pd

_CITES = ("powers2017",)


class Found(NamedTuple):
    """What a test hands in: the curve, the outcomes, and examples of what the electrode sees."""

    table: pd.DataFrame
    outcomes: tuple[Outcome, ...]
    waves: Mapping[str, FloatArray]


Test = Callable[[Bench, Any, "Progress | None"], Found]

# Settings of each test, by its name; how each is done.
REFLEXES: dict[str, type[ReflexSettings]] = {}
_DONE_BY: dict[type[ReflexSettings], Test] = {}


def tests(settings: type[ReflexSettings]) -> Callable[[Test], Test]:
    """Say which function does the test of these settings."""

    def added(test: Test) -> Test:
        REFLEXES[settings.name] = settings
        _DONE_BY[settings] = test
        return test

    return added


def reflex(
    participant: Participant,
    test: str | ReflexSettings = "h-reflex",
    given: Sequence[Intervention | str] = (),
    *,
    seed: int = 0,
    engine: EngineSettings | None = None,
    progress: Progress | None = None,
) -> Reflex:
    """Test a reflex of a person, as clinical neurophysiology does.

    Parameters
    ----------
    participant : Participant
        With some hundred motoneurons curves are smooth.
    test : str or ReflexSettings
        A name of `renshaw.experiment.REFLEXES`, or the settings of a test.
    given : sequence of Intervention or str
        What the person is under.
    seed : int
        Of the synaptic noise.
    engine : EngineSettings, optional
    progress : callable, optional
        Called with (done, total, what is done now).

    Returns
    -------
    Reflex

    Raises
    ------
    SettingsError
        There is no such test, or an impossible setting.

    Examples
    --------
    >>> import renshaw as rs
    >>> person = rs.Participant(muscle="SOL", n_units=20)
    >>> found = rs.experiment.reflex(person, rs.experiment.HReflexSettings(points=5, repeats=1))
    >>> [outcome.name for outcome in found.outcomes][:2]
    ['H_max/M_max', 'M at H_max']
    """
    if isinstance(test, str):
        if test not in REFLEXES:
            close = did_you_mean(test, REFLEXES)
            raise SettingsError(
                f"There is no reflex test {test!r}; there are {', '.join(REFLEXES)}."
                + (f" Did you mean {close!r}?" if close else ""),
                code="settings.unknown",
                name="test",
                value=test,
            )
        test = REFLEXES[test]()
    interventions = as_interventions(given)
    bench = Bench(participant, interventions, test, seed, engine or EngineSettings())
    table, outcomes, waves = _DONE_BY[type(test)](bench, test, progress)
    code = f"found = rs.experiment.reflex({participant.as_python()}, {test.as_python()}"
    code += f", {as_python(interventions)}" if interventions else ""
    settings = {
        "participant": participant.to_mapping(),
        "test": {test.name: test.to_mapping()},
        "given": {type(each).__name__: each.to_mapping() for each in interventions},
        "engine": bench.engine.to_mapping(),
    }
    step = Step(
        "reflex",
        f"{code}, seed={seed})",
        settings,
        seed,
        bench.pool.fingerprint(),
        _CITES,
        __version__,
    )
    names = tuple(each.name for each in interventions)
    return Reflex(test, participant, names, table, outcomes, waves, EMG_hz, History((step,)))
