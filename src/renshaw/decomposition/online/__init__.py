"""Online: filters learned once from a decomposed recording, then discharges as the EMG comes in."""
