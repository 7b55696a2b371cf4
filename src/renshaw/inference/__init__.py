"""From a recording back to the cord: the verb `infer`, its settings and its results.

Only `renshaw.inference.train_flow` needs sbi and torch.
"""

from __future__ import annotations

from renshaw.inference.change import Change, infer_change
from renshaw.inference.files import open_posterior
from renshaw.inference.infer import infer
from renshaw.inference.posterior import Check, Posterior
from renshaw.inference.settings import InferSettings, NetworkSettings, TrainSettings

__all__ = [
    "Change",
    "Check",
    "InferSettings",
    "NetworkSettings",
    "Posterior",
    "TrainSettings",
    "infer",
    "infer_change",
    "open_posterior",
]
