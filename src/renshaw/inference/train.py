"""Training anew: simulate, summarize, fit, calibrate, write the weights. Stopped, it goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError, SettingsError
from renshaw.core.fingerprint import fingerprint
from renshaw.core.seeds import checked_seed, derived_seed, stream
from renshaw.core.version import __version__
from renshaw.inference import targets
from renshaw.inference.calibration import Calibration, calibrated
from renshaw.inference.dataset import Dataset, dataset, summaries_fingerprint
from renshaw.inference.familiar import Familiar
from renshaw.inference.flow import Flow, from_arrays, to_arrays
from renshaw.inference.scales import Scores, Seen
from renshaw.inference.settings import TrainSettings
from renshaw.inference.store import Store, arrays_in, fill, model_fingerprint
from renshaw.inference.train_flow import fitted, refuse_without_sbi
from renshaw.inference.trained import Networks, Trained, save_trained
from renshaw.model.muscles import MUSCLES

Matrix = NDArray[np.float64]
Rows = NDArray[np.int64]
Progress = Callable[[int, int, str], None]

# The change of these is what a treatment may have done.
CHANGED = ("neuromodulation", "inhibition", "peak_drive")
CHANGES = tuple(f"{name}_change" for name in CHANGED)
_STOPPING_SHARE = 0.1
_SAMPLES = 300
_SPREADS = np.linspace(0.7, 1.3, 31)


def train(
    folder: Path,
    settings: TrainSettings | None = None,
    *,
    seed: int = 0,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Path:
    """Train inference anew; what a folder holds already is not done again.

    Parameters
    ----------
    folder : Path
        Simulations, summaries and networks are kept there, and the weights in the end.
    settings : TrainSettings, optional
    seed : int
        Of simulations and training; the kept-out people are of the next seed.
    workers : int, optional
        Processes that simulate; as many as there are cores if not given.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers simulate instead.
    progress : callable, optional

    Returns
    -------
    Path
        Of the file of weights, for `renshaw.inference.trained.open_trained` or the package.

    Raises
    ------
    SettingsError
        An impossible seed or number of workers, no sbi or torch, or a folder of another program.
    DataError
        What a folder holds can't be read.
    """
    settings, seed = settings or TrainSettings(), checked_seed(seed)
    if workers is not None and workers < 1:
        raise SettingsError(f"workers = {workers}: at least one is needed.")
    if not any((folder / "networks").glob("*.npz")):
        # Better now than after hours of simulation.
        refuse_without_sbi()
    store = Store(folder / "simulations", seed)
    others = Store(folder / "kept_out", seed + 1)
    fill(store, settings.pairs, workers=workers, scheduler=scheduler, progress=progress)
    fill(others, settings.held_out, workers=workers, scheduler=scheduler, progress=progress)
    known = dataset(store, views=settings.views, workers=workers, progress=progress)
    unseen = dataset(others, workers=workers, progress=progress)
    trained = trained_on(known, unseen, settings, seed, folder / "networks", progress)
    return save_trained(trained, folder / "ramps.npz")


def trained_on(
    known: Dataset,
    unseen: Dataset,
    settings: TrainSettings,
    seed: int,
    folder: Path,
    progress: Progress | None = None,
) -> Trained:
    """Return networks trained on one set of pairs and judged on another.

    Parameters
    ----------
    known, unseen : Dataset
    settings : TrainSettings
    seed : int
    folder : Path
        Each network is kept there when it is done.
    progress : callable, optional
    """
    summaries, truth, muscle, case = single(known)
    if len(summaries) < 100:
        raise DataError(f"Only {len(summaries)} usable simulations: too few to learn from.")
    seen = Seen.of(summaries, len(MUSCLES))
    scores = Scores.of(targets.NAMES, truth)
    stopping = _stopping(case, seed)
    keep = _Keeper(folder, fingerprint(known.summaries, settings.to_mapping(), seed), progress)
    inputs = seen.inputs(summaries, muscle)
    state = keep.networks("state", scores, truth, inputs, stopping, settings, seed)

    before, after, change, of, pair_case = paired(known)
    # What is done can be undone: each pair is learned from in both directions.
    forth, back = seen.change_inputs(before, after, of), seen.change_inputs(after, before, of)
    scores = Scores.of(CHANGES, np.concatenate([change, -change]), exact=False)
    changes = keep.networks(
        "change",
        scores,
        np.concatenate([change, -change]),
        np.concatenate([forth, back]),
        np.tile(_stopping(pair_case, seed), 2),
        settings,
        seed,
    )

    other, other_truth, which, _ = single(unseen)
    familiar = Familiar.of(summaries, muscle, case, len(MUSCLES))
    state = _judged(state, other_truth, seen.inputs(other, which), which, seed, progress)
    before, after, change, of, _ = paired(unseen)
    changes = _judged(changes, change, seen.change_inputs(before, after, of), of, seed, progress)
    made = {
        "version": __version__,
        "model": model_fingerprint(),
        "summarized_by": summaries_fingerprint(),
        "seed": seed,
        "recordings": len(summaries),
        "pairs": len(pair_case),
        "settings": settings.to_mapping(),
    }
    return Trained(seen, state, changes, familiar, made)


def single(known: Dataset) -> tuple[Matrix, Matrix, Rows, Rows]:
    """Return summaries, true values, muscle and case of every recording that can be used."""
    usable = _usable(known)
    # What stimulation adds lies beyond what the prior calls tonic.
    usable[:, 1] &= ~known.stimulated
    muscle, case = (np.repeat(a[:, None], 2, axis=1) for a in (known.muscle, known.case))
    return known.summaries[usable], known.targets[usable], muscle[usable], case[usable]


def paired(known: Dataset) -> tuple[Matrix, Matrix, Matrix, Rows, Rows]:
    """Return summaries before and after, true changes, muscle and case of every usable pair."""
    both = known.select(_usable(known).all(axis=1))
    columns = [targets.NAMES.index(name) for name in CHANGED]
    change = (both.targets[:, 1] - both.targets[:, 0])[:, columns]
    return both.summaries[:, 0], both.summaries[:, 1], change, both.muscle, both.case


def _usable(known: Dataset) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(known.summaries).any(axis=2))


def _stopping(case: Rows, seed: int) -> NDArray[np.bool_]:
    """Return which recordings decide when to stop: all of a person, or none."""
    people = np.unique(case)
    chosen = stream(seed, "stopping").random(len(people)) < _STOPPING_SHARE
    return np.asarray(np.isin(case, people[chosen]))


class _Keeper:
    """Trains networks, and keeps each in a file as soon as it is done."""

    def __init__(self, folder: Path, name: str, progress: Progress | None) -> None:
        self._folder, self._name, self._progress = folder, name, progress
        folder.mkdir(parents=True, exist_ok=True)

    def networks(
        self,
        what: str,
        scores: Scores,
        truth: Matrix,
        inputs: Matrix,
        stopping: NDArray[np.bool_],
        settings: TrainSettings,
        seed: int,
    ) -> Networks:
        theta = scores.scores(truth)
        flows = [
            self._flow(what, k, theta, inputs, stopping, settings, seed)
            for k in range(settings.networks)
        ]
        spread = _best_spread(flows, theta[stopping], inputs[stopping])
        return Networks(scores, tuple(replace(flow, spread=spread) for flow in flows))

    def _flow(
        self,
        what: str,
        k: int,
        theta: Matrix,
        inputs: Matrix,
        stopping: NDArray[np.bool_],
        settings: TrainSettings,
        seed: int,
    ) -> Flow:
        place = self._folder / f"{what}_{k}_{self._name}.npz"
        kept = _kept(place)
        if kept is None:
            words = f"training network {k + 1} of the {what}"
            own = derived_seed(seed, "network", what, k) % 2**32
            shape = settings.state if what == "state" else settings.change
            flow = fitted(theta, inputs, stopping, shape, own, self._progress, words)
            _save(flow, place)
            kept = from_arrays(arrays_in(place), "")
        return kept


def _kept(place: Path) -> Flow | None:
    """Return a network that was trained before; None where there is none that is whole."""
    try:
        return from_arrays(arrays_in(place), "")
    except (DataError, ValueError, LookupError, TypeError):
        return None


def _save(flow: Flow, place: Path) -> None:
    from renshaw.core.files import replacing

    save: Any = np.savez
    with replacing(place) as temporary, temporary.open("wb") as file:
        save(file, **to_arrays(flow, ""))


def _best_spread(flows: Sequence[Flow], theta: Matrix, inputs: Matrix) -> float:
    """Return the spread of the normal numbers with which the mean of all networks is best.

    Each network by itself is a little too sure on what it did not see; their mean, a little too
    unsure.
    """

    def log_prob(spread: float) -> float:
        each = [replace(flow, spread=spread).log_prob(theta, inputs) for flow in flows]
        return float(np.mean(np.logaddexp.reduce(each, axis=0)))

    return float(max(_SPREADS, key=log_prob))


def _judged(
    networks: Networks,
    truth: Matrix,
    inputs: Matrix,
    muscle: Rows,
    seed: int,
    progress: Progress | None,
) -> Networks:
    samples = []
    for k, each in enumerate(inputs):
        samples.append(networks.sample(_SAMPLES, each, derived_seed(seed, "judged", k)))
        if progress is not None and k % 50 == 0:
            progress(k, len(inputs), "calibrating")
    prior_sd = networks.prior().std(axis=0)
    names = networks.scores.names
    judged: Calibration = calibrated(
        names, truth, np.stack(samples), muscle, len(MUSCLES), prior_sd
    )
    return Networks(networks.scores, networks.flows, judged)
