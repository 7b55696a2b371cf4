"""Labels of events that decide what is measured: what a protocol writes and an estimator reads."""

from __future__ import annotations

import re
from collections.abc import Iterable

# VibStim: vibration of the tendon of the muscle that is recorded, and bouts of nerve stimulation.
VIBRATION = "tendon vibration"
BOUT = "stimulation bout"

# A spasm test: what provokes the spasm, and what is meant to stop it.
PROVOCATION = "skin or stretch input"
BURST = "inhibitory burst"

# A bout of stimulation that the muscle's own firing triggered.
TRIGGERED = "triggered stimulation"

_PROVOKED = re.compile(
    r"stim|vibrat|burst|stretch|\btap|\btms\b|pulse|shock|twitch|reflex|spasm|skin", re.IGNORECASE
)


def provoked(labels: Iterable[str]) -> bool:
    """Return whether something from outside made units fire, together and without will.

    Parameters
    ----------
    labels : iterable of str
        Of events, as a protocol or any laboratory writes them.
    """
    return any(_PROVOKED.search(label) for label in labels)
