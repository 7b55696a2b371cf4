"""Discharge rates as smooth curves: one smoother a file, each registering itself."""

from renshaw.estimation.smoothing import hann, polynomial, spline, svr
from renshaw.estimation.smoothing.curve import SMOOTHERS, Curve, Smoother, smoother
from renshaw.estimation.smoothing.smoothed_rate import SmoothedRate, smoothed_rate, smoothed_rates

__all__ = [
    "SMOOTHERS",
    "Curve",
    "SmoothedRate",
    "Smoother",
    "hann",
    "polynomial",
    "smoothed_rate",
    "smoothed_rates",
    "smoother",
    "spline",
    "svr",
]
