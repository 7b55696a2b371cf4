"""One evaluation: a candidate does all tasks with several seeds, and everything is measured."""

from __future__ import annotations

import ast
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from renshaw.calibration.quantities import Seen, measured
from renshaw.calibration.subject import SIMULATED_UNITS, Subject
from renshaw.calibration.tasks import do_tasks
from renshaw.core.errors import SimulationError
from renshaw.core.fingerprint import fingerprint
from renshaw.engine.settings import COARSE, EngineSettings

Values = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Job:
    """What is to be evaluated.

    Parameters
    ----------
    muscle : str
    values : tuple of (str, float)
        Of the parameters; none stands for the first edition's person.
    tasks : tuple of str
        What is done, by the names in `renshaw.calibration.tasks`.
    seeds : tuple of int
    engine : EngineSettings
    n_units : int
    """

    muscle: str
    values: Values
    tasks: tuple[str, ...]
    seeds: tuple[int, ...]
    engine: EngineSettings = COARSE
    n_units: int = SIMULATED_UNITS

    @property
    def key(self) -> str:
        """What names this evaluation on disk: it changes whenever its numbers might."""
        return fingerprint(self, sources_fingerprint())


@dataclass(frozen=True)
class Evaluation:
    """What was measured of a candidate.

    Parameters
    ----------
    job : Job
    quantities : mapping of str to tuple of float
        One value a seed, NaN where there is none; no quantities where the simulation failed.
    """

    job: Job
    quantities: dict[str, tuple[float, ...]]


def evaluate(job: Job) -> Evaluation:
    """Simulate and measure; a candidate whose motoneurons diverge has no quantities."""
    values = dict(job.values)
    subject = (
        Subject.of(job.muscle, values, job.n_units)
        if values
        else Subject.first_edition(job.muscle, job.n_units)
    )
    try:
        done, maximal, impaled = do_tasks(subject, job.tasks, job.seeds, job.engine)
    except SimulationError:
        return Evaluation(job, {})
    rows = [measured(Seen(each, maximal, impaled), job.tasks) for each in done]
    return Evaluation(job, {name: tuple(row[name] for row in rows) for name in rows[0]})


# What decides what a person does in a task: these files and folders of the package.
PERSON_SOURCES: Sequence[str] = (
    "calibration/subject.py",
    "engine",
    "estimation",
    "experiment/maximal.py",
    "experiment/one_motoneuron.py",
    "experiment/tracking.py",
    "experiment/voltage_clamp.py",
    "model/cord.py",
    "model/gastrocnemius_medialis.py",
    "model/gradient.py",
    "model/mechanisms",
    "model/pool.py",
    "model/powers_heckman.py",
    "model/run_down.py",
    "model/second_edition/pools.py",
    "model/soleus.py",
    "model/tibialis_anterior.py",
    "muscle",
    "protocols/ramp.py",
)
# What decides an evaluation.
_SOURCES: Sequence[str] = ("calibration/tasks.py", "calibration/quantities.py", *PERSON_SOURCES)


@functools.cache
def sources_fingerprint(sources: Sequence[str] = _SOURCES) -> str:
    """Return a hash of all code that decides an evaluation; comments and docstrings don't count.

    Parameters
    ----------
    sources : sequence of str
        Files and folders of the package that decide.
    """
    package = files("renshaw")
    return fingerprint([_content(package.joinpath(*name.split("/"))) for name in sources])


def _content(place: Traversable) -> list[str]:
    if place.is_dir():
        inner = sorted(place.iterdir(), key=lambda each: each.name)
        return [code for each in inner for code in _content(each)]
    if not place.name.endswith(".py"):
        return []
    tree = ast.parse(place.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            said = body[0].value
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                body[0] = ast.Pass()
    return [place.name, ast.dump(tree)]
