"""Labels of events that decide what is measured: what a protocol writes and an estimator reads."""

from __future__ import annotations

# VibStim: vibration of the tendon of the muscle that is recorded, and bouts of nerve stimulation.
VIBRATION = "tendon vibration"
BOUT = "stimulation bout"

# A spasm test: what provokes the spasm, and what is meant to stop it.
PROVOCATION = "skin or stretch input"
BURST = "inhibitory burst"

# A bout of stimulation that the muscle's own firing triggered.
TRIGGERED = "triggered stimulation"
