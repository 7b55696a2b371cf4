"""Discharge rates as smooth curves: one smoother a file, each registering itself."""

from renshaw.estimate.smoothing import hann, polynomial, spline, svr
from renshaw.estimate.smoothing.curve import SMOOTHERS, Curve, Smoother, smoother
from renshaw.estimate.smoothing.smoothed_rate import SmoothedRate, smoothed_rate, smoothed_rates

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
