"""From a recording back to the cord: the verb `infer`, its settings and its results.

The room and its verb share their name, as ``rs.infer`` is both: the module can be called, and
``renshaw.infer.summaries`` and its siblings are its rooms. Only `renshaw.infer.train_flow` needs
sbi and torch.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from renshaw.infer.change import Change, infer_change
from renshaw.infer.files import open_posterior
from renshaw.infer.posterior import Check, Posterior
from renshaw.infer.settings import InferSettings, NetworkSettings, TrainSettings
from renshaw.infer.verb import infer

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


class _Verb(ModuleType):
    """A module that is called as its verb, lest importing a room of it hide ``rs.infer``."""

    __doc__ = __doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Posterior:
        return infer(*args, **kwargs)


sys.modules[__name__].__class__ = _Verb
