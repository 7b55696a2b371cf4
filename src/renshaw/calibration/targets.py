"""The targets of the fit: what people do, how surely it is known, and whether it draws the fit."""

from __future__ import annotations

import functools
from dataclasses import MISSING, dataclass, fields
from importlib.resources import files
from pathlib import Path

import numpy as np

from renshaw.calibration.quantities import QUANTITIES
from renshaw.core.errors import DataError, SettingsError, suggestion
from renshaw.core.received import text_of
from renshaw.core.toml import read_toml

FITTED, HELD_OUT = "fitted", "held out"


@dataclass(frozen=True)
class FitTarget:
    """One number that a candidate is held against.

    Parameters
    ----------
    quantity : str
        What is measured, by its name in `renshaw.calibration.quantities`.
    target : str
        To which of the targets T1, T2, ... it belongs.
    role : str
        ``"fitted"`` or ``"held out"``.
    tolerance : float
        What counts as one standard deviation from it.
    source : str
    value : float, optional
        What people do.
    at_least, at_most : float, optional
        Or what it must not leave.
    """

    quantity: str
    target: str
    role: str
    tolerance: float
    source: str
    value: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    @property
    def wanted(self) -> str:
        """What is wanted, in words."""
        if self.value is not None:
            return f"{self.value:g} ± {self.tolerance:g}"
        bounds = [(">=", self.at_least), ("<=", self.at_most)]
        return " and ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)

    def off(self, simulated: np.ndarray) -> np.ndarray:
        """Return by how much values miss the target, in its own unit; 0 within bounds."""
        simulated = np.asarray(simulated, dtype=float)
        if self.value is not None:
            return simulated - self.value
        low = -np.inf if self.at_least is None else self.at_least
        high = np.inf if self.at_most is None else self.at_most
        return np.asarray(simulated - np.clip(simulated, low, high))

    def residual(self, simulated: np.ndarray, error: np.ndarray | float = 0.0) -> np.ndarray:
        """Return `off` in standard deviations of the target and of the simulation together."""
        return np.asarray(self.off(simulated) / np.hypot(self.tolerance, error))


def targets_in(path: Path | None, muscle: str) -> tuple[FitTarget, ...]:
    """Return the targets that a file declares for a muscle; those of the package without a file.

    Raises
    ------
    DataError
        No file of targets, an unknown quantity, or a target that says too little or too much.
    """
    try:
        text = _packaged() if path is None else text_of(path)
        rows = read_toml(text).get(muscle, {})
    except (OSError, UnicodeDecodeError, SettingsError) as error:
        raise DataError(f"{path}: no file of targets: {error}.") from None
    if not rows:
        raise DataError(f"{path or 'The package'} declares no targets for the muscle {muscle}.")
    return tuple(_target(path, muscle, name, row) for name, row in rows.items())


def _target(path: Path | None, muscle: str, name: str, row: dict[str, object]) -> FitTarget:
    where = f"{path or 'targets.toml'}, [{muscle}.{name}]"
    if name not in QUANTITIES:
        raise DataError(
            f"{where}: there is no quantity {name!r}.", hint=suggestion(name, QUANTITIES)
        )
    known = {each.name: each for each in fields(FitTarget) if each.name != "quantity"}
    if unknown := [key for key in row if key not in known]:
        raise DataError(
            f"{where}: a target has no {unknown[0]!r}.", hint=suggestion(unknown[0], known)
        )
    if missing := [
        key for key, each in known.items() if each.default is MISSING and key not in row
    ]:
        raise DataError(f"{where}: {' and '.join(missing)} must be given.")
    target = FitTarget(name, **row)  # type: ignore[arg-type]
    if target.role not in (FITTED, HELD_OUT):
        raise DataError(f'{where}: role must be "{FITTED}" or "{HELD_OUT}".')
    if not target.tolerance > 0:
        raise DataError(f"{where}: tolerance must be above 0.")
    if (target.value is None) == (target.at_least is None and target.at_most is None):
        raise DataError(f"{where}: give either value, or at_least or at_most.")
    return target


@functools.cache
def _packaged() -> str:
    return files("renshaw.calibration").joinpath("targets.toml").read_text(encoding="utf-8")
