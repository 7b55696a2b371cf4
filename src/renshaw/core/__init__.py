"""Units, seeds, settings, history, results and errors: what every other floor stands on."""
