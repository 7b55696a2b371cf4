"""How much a file may ask of us, and why: the defense against files that lie about their size."""

from __future__ import annotations

import math

from renshaw.io.refusal import Refusal

# Two hours of 64 channels at 2 kHz, or 10 minutes of 256 channels with their sources, in float32.
LARGEST_CONTENT_BYTES = 2 * 2**30
# Every honest file may unfold to this much, however small it is: 30 s of 64 channels as JSON text.
FREE_BYTES = 64 * 2**20
# Compressed motor-unit files unfold 2 to 20 times; only trains of zeros come near 200, and only in
# parts. Deflate reaches 1032, which is what bombs use.
LARGEST_RATIO = 200
# What may be made of any file in memory, however small it is, and for each byte of a larger one:
# packed text unfolds 10 times, is copied, and becomes numbers of eight bytes.
FREE_MADE_BYTES = 192 * 2**20
BYTES_MADE_A_BYTE = 100
# A file of gigabytes may take so much for each of its bytes: samples of one or two bytes are copied
# once, and become numbers of eight.
HONEST_BYTES_A_BYTE = 12
# Turns of loops over what a file claims: of any file, and for each byte of a larger one.
FREE_STEPS = 1_000_000
STEPS_A_BYTE = 4
# Ten minutes of 64 channels as openhdemg's text.
LARGEST_JSON_BYTES = 2**30
# An hour of 100 units as a table, 16 letters a discharge.
LARGEST_TABLE_BYTES = 64 * 2**20
# Five minutes of 16 channels at 2 kHz as a table, with the time of every sample of each.
LARGEST_MATRIX_BYTES = 256 * 2**20
# Cells of a table that is read as numbers, 240 MB of them.
MOST_CELLS = 30_000_000
# Cells of a sheet between the first and the last, of which the library keeps some 30 bytes each.
MOST_SHEET_CELLS = 8_000_000
# Text of a sheet: ten minutes of a channel at 2 kHz, or of many at less.
MOST_SHEET_BYTES = 64 * 2**20
# What the process that opens workbooks may take.
MOST_SHEET_MEMORY_BYTES = 900 * 2**20
# Seconds of the processor for any file that is opened in a process of its own, and bytes of the
# file that each further second is for: a workbook of 10 MB holds some millions of cells.
FREE_UNPACKING_S = 3.0
UNPACKED_A_SECOND = 500_000
# Memory of the process that opens files of laboratory programs, and what it may take besides for
# each byte of the file: samples of two bytes are held as numbers of eight, twice.
LAB_MEMORY_BYTES = 900 * 2**20
LAB_BYTES_A_BYTE = 8
# Cues and stimuli come by the hundred.
MOST_EVENTS = 1_000_000
# A grid yields tens of units, a simulated pool some hundreds.
MOST_UNITS = 10_000
# Variables of a MATLAB workspace, or members of an archive.
MOST_VARIABLES = 10_000
# Cells and struct fields of a MATLAB file: one a unit, a channel or a parameter.
MOST_ELEMENTS = 200_000
# MATLAB cells in structs in cells: MUedit needs 4 levels.
DEEPEST_NESTING = 16
# Lists and objects in JSON text that is not wrapped in strings: 40 minutes of samples at 2 kHz.
MOST_JSON_CONTAINERS = 5_000_000
# BIDS sidecars are a page long.
LARGEST_SIDECAR_BYTES = 2**20
# Below this no discharge can be placed; above it no amplifier or simulation samples.
LOWEST_RATE_HZ = 1.0
HIGHEST_RATE_HZ = 1e6
# A month: longer than any recording; clock times (seconds since 1970) lie beyond it.
LONGEST_RECORDING_S = 31 * 86_400.0
# Estimating ΔF or a rate needs two intervals.
FEWEST_DISCHARGES = 3


def checked_rate(rate_hz: float, what: str = "The sampling rate") -> float:
    """Return a sampling rate as a float, or refuse one that can't be (0, negative, NaN, 1e12)."""
    try:
        rate_hz = float(rate_hz)
    except OverflowError:
        rate_hz = math.inf
    if not math.isfinite(rate_hz) or not LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ:
        raise Refusal(
            f"{what} is {rate_hz:g} Hz, which is impossible ({LOWEST_RATE_HZ:g} to "
            f"{HIGHEST_RATE_HZ:g} Hz are accepted). Correct it and save the file again"
        )
    return rate_hz


def checked_scale(scale: float, what: str) -> float:
    """Return what samples are multiplied or divided by, or refuse one that makes none of them.

    Zero makes every sample alike or infinite, and so do NaN and infinity; less than zero is an
    electrode that was turned around.

    Parameters
    ----------
    scale : float
    what : str
        The setting as the file names it, and of which channel.
    """
    scale = float(scale)
    if not math.isfinite(scale) or scale == 0:
        raise Refusal(
            f"{what} is {scale:g}, by which no sample can be scaled. Correct it and save the file "
            "again"
        )
    return scale


def checked_shift(shift: float, what: str) -> float:
    """Return what is added to samples, or refuse one that is no finite number.

    Parameters
    ----------
    shift : float
    what : str
        The setting as the file names it, and of which channel.
    """
    shift = float(shift)
    if not math.isfinite(shift):
        raise Refusal(f"{what} is {shift:g}, not a number. Correct it and save the file again")
    return shift


def in_words(nbytes: int) -> str:
    """Return a number of bytes for people."""
    size = float(nbytes)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"
