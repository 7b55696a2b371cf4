"""Circuits around the motoneuron, one file each: equations, constants and their sources."""
