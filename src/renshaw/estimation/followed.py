"""Whether a contraction reached the torque that was asked for, in words."""

from __future__ import annotations

import numpy as np

from renshaw.data.recording import Recording
from renshaw.estimation.recorded import usable_torque

# The top of a target: where it is at least this share of its highest.
_TOP = 0.95
# A mean torque there that is off by more than a tenth of it has missed it.
_OFF = 0.1
# All the drive there is, but for rounding (% of the largest drive).
_ALL = 99.5


def missed_target(recording: Recording) -> str | None:
    """Return by how much the torque missed its target at the top, in words; None if it did not.

    What was measured of such a contraction is that of another one than was asked for.

    Parameters
    ----------
    recording : Recording
        With the signals ``torque`` and ``target``, in the same unit; without, nothing is said.
    """
    torque, _ = usable_torque(recording)
    target = recording.signals.get("target")
    if torque is None or target is None or target.values.ndim != 1 or not len(target):
        return None
    if torque.unit != target.unit or not np.isfinite(target.values).any():
        return None
    highest = float(np.nanmax(target.values))
    wanted = np.interp(torque.times_s, target.times_s, target.values)
    top = (wanted >= _TOP * highest) & np.isfinite(torque.values)
    if highest <= 0 or not top.any():
        return None
    asked, reached = float(wanted[top].mean()), float(torque.values[top].mean())
    if abs(reached - asked) <= _OFF * asked:
        return None
    unit = f" {torque.unit}" if torque.unit else ""
    said = (
        f"the target was missed: at its top the torque was {reached:.3g}{unit} on average, "
        f"{asked:.3g} were asked for"
    )
    effort = None if recording.truth is None else recording.truth.signals.get("effort")
    if reached < asked and effort is not None and float(effort.values.max()) >= _ALL:
        said += ", with all the drive there is"
    return f"{said}."
