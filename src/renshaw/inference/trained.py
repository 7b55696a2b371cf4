"""What training leaves behind: networks, scales, calibration, and how they came about.

One file of plain arrays (`numpy.load` without pickle), a copy of which comes with the package.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.core.files import replacing
from renshaw.core.plain_json import read_json
from renshaw.core.received import stream_of
from renshaw.core.seeds import stream
from renshaw.inference import calibration as calibrations
from renshaw.inference import flow as flows
from renshaw.inference.calibration import Calibration
from renshaw.inference.familiar import Familiar
from renshaw.inference.flow import Flow
from renshaw.inference.scales import Scores, Seen
from renshaw.inference.summaries import NAMES as SUMMARY_NAMES

Matrix = NDArray[np.float64]
Arrays = dict[str, NDArray[Any]]

FORMAT = 1


@dataclass(frozen=True, eq=False)
class Networks:
    """Some networks that answer the same question, and what they are known to be worth."""

    scores: Scores
    flows: tuple[Flow, ...]
    calibration: Calibration | None = None

    def sample(self, n: int, inputs: Matrix, seed: int) -> Matrix:
        """Draw parameters given the inputs of one recording, shape (n, parameters)."""
        chance = stream(seed, "posterior")
        which = chance.integers(len(self.flows), size=n)
        normal = chance.standard_normal((n, self.flows[0].parameters))
        drawn = np.empty_like(normal)
        for k, flow in enumerate(self.flows):
            rows = which == k
            drawn[rows] = flow.at(flow.spread * normal[rows], inputs)
        return self.scores.values(drawn)

    def prior(self, n: int = 4001) -> Matrix:
        """Return values that stand for the prior of each parameter, shape (n, parameters)."""
        from scipy.special import ndtri

        normal = ndtri((np.arange(n) + 0.5) / n)
        return self.scores.values(np.repeat(normal[:, None], len(self.scores.names), axis=1))


@dataclass(frozen=True, eq=False)
class Trained:
    """Everything that inference needs.

    Parameters
    ----------
    seen : Seen
    state, change : Networks
        Of the state in one recording, and of its change between two.
    familiar : Familiar
    made : mapping
        Versions, fingerprints, settings and numbers of training.
    """

    seen: Seen
    state: Networks
    change: Networks
    familiar: Familiar
    made: Mapping[str, Any]


def save_trained(trained: Trained, path: Path) -> Path:
    """Write everything to one file, whole or not at all."""
    seen, familiar = trained.seen, trained.familiar
    arrays: Arrays = {
        "seen.center": seen.center,
        "seen.spread": seen.spread,
        "seen.flagged": seen.flagged,
        "familiar.knots": familiar.knots,
        "familiar.references": familiar.references.astype(np.float16),
        "familiar.covariance": familiar.covariance.astype(np.float32),
        "familiar.distances": familiar.distances.astype(np.float32),
    }
    described: dict[str, Any] = {"format": FORMAT, "summaries": SUMMARY_NAMES, **trained.made}
    for name, networks in (("state", trained.state), ("change", trained.change)):
        arrays[f"{name}.knots"] = networks.scores.knots
        described[name] = {
            "names": networks.scores.names,
            "exact": networks.scores.exact,
            "networks": len(networks.flows),
        }
        for k, flow in enumerate(networks.flows):
            arrays |= flows.to_arrays(flow, f"{name}.{k}.")
        if networks.calibration is not None:
            arrays |= calibrations.to_arrays(networks.calibration, f"{name}.calibration.")
    arrays["made"] = np.array(json.dumps(described))
    with replacing(path) as temporary, temporary.open("wb") as file:
        save: Any = np.savez_compressed
        save(file, **arrays)
    return path


def open_trained(path: Path) -> Trained:
    """Read what `save_trained` wrote.

    Raises
    ------
    DataError
        Not such a file, or one of another version of the summaries.
    """
    try:
        with stream_of(path) as file, np.load(file, allow_pickle=False) as archive:
            arrays: Arrays = {name: archive[name] for name in archive.files}
        made = read_json(str(arrays["made"]))
        if made["format"] != FORMAT or tuple(made["summaries"]) != SUMMARY_NAMES:
            raise DataError(
                f"{path} was trained for another version of renshaw; run renshaw infer train."
            )
        seen = Seen(
            arrays["seen.center"],
            arrays["seen.spread"],
            arrays["seen.flagged"],
            len(arrays["familiar.distances"]),
        )
        names = ("knots", "references", "covariance", "distances")
        parts = (arrays[f"familiar.{name}"] for name in names)
        familiar = Familiar(*(part.astype(float) for part in parts))
        return Trained(
            seen,
            _networks("state", made, arrays),
            _networks("change", made, arrays),
            familiar,
            made,
        )
    except DataError:
        raise
    except (OSError, ValueError, KeyError, TypeError, BadZipFile, zlib.error) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise DataError(
            f"{path} is no file of trained networks: {error}. renshaw infer train writes one, "
            "ramps.npz."
        ) from None


def _networks(name: str, made: Mapping[str, Any], arrays: Arrays) -> Networks:
    about = made[name]
    scores = Scores(tuple(about["names"]), arrays[f"{name}.knots"], tuple(about["exact"]))
    found = tuple(flows.from_arrays(arrays, f"{name}.{k}.") for k in range(about["networks"]))
    prefix = f"{name}.calibration."
    known = f"{prefix}ranks" in arrays
    made_of = calibrations.from_arrays(scores.names, arrays, prefix) if known else None
    return Networks(scores, found, made_of)


@cache
def shipped() -> Trained:
    """Return the networks that come with the package."""
    with as_file(files("renshaw.inference") / "weights" / "ramps.npz") as path:
        return open_trained(path)
