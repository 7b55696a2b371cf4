"""One function a picture; each takes nouns and returns a matplotlib figure."""

from renshaw.report.figures.ageing import ageing
from renshaw.report.figures.brace import brace_construction
from renshaw.report.figures.by_unit import estimates_by_unit
from renshaw.report.figures.delta_f import delta_f_construction
from renshaw.report.figures.multiverse import specification_curve
from renshaw.report.figures.overlay import smoothed_overlay
from renshaw.report.figures.pair_matrix import pair_matrix
from renshaw.report.figures.paired import paired_difference
from renshaw.report.figures.raster import raster
from renshaw.report.figures.truth import truth_panel
from renshaw.report.figures.unit_rates import unit_rates

__all__ = [
    "ageing",
    "brace_construction",
    "delta_f_construction",
    "estimates_by_unit",
    "pair_matrix",
    "paired_difference",
    "raster",
    "smoothed_overlay",
    "specification_curve",
    "truth_panel",
    "unit_rates",
]
