"""One function a picture; each takes nouns and returns a matplotlib figure."""

from renshaw.reports.figures.ageing import ageing
from renshaw.reports.figures.brace import brace_construction
from renshaw.reports.figures.by_unit import estimates_by_unit
from renshaw.reports.figures.delta_f import delta_f_construction
from renshaw.reports.figures.multiverse import specification_curve
from renshaw.reports.figures.pair_matrix import pair_matrix
from renshaw.reports.figures.paired import paired_difference
from renshaw.reports.figures.raster import raster
from renshaw.reports.figures.truth import truth_panel
from renshaw.reports.figures.unit_rates import unit_rates

__all__ = [
    "ageing",
    "brace_construction",
    "delta_f_construction",
    "estimates_by_unit",
    "pair_matrix",
    "paired_difference",
    "raster",
    "specification_curve",
    "truth_panel",
    "unit_rates",
]
