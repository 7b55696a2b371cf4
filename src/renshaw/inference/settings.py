"""Settings of inference and of its training: the only home of their defaults and help."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings, setting
from renshaw.model.muscles import MUSCLES


@dataclass(frozen=True, kw_only=True)
class InferSettings(Settings):
    """How the state of a cord is inferred from a recording."""

    muscle: str | None = setting(
        None,
        "recorded muscle: TA, SOL or GM (a simulated recording knows its own)",
        choices=tuple(MUSCLES),
    )
    peak_pct_mvc: float | None = setting(
        None,
        "peak of the contraction, where the file's torque is not in % MVC",
        unit="% MVC",
        gt=0,
        le=100,
    )
    contraction: int | None = setting(
        None,
        "number of the contraction, where a recording holds several (empty: the one in which most "
        "motor units fire)",
        ge=1,
    )
    samples: int = setting(4000, "samples of the posterior", ge=100, le=1_000_000)
    check: int = setting(
        0,
        "virtual persons from the posterior who repeat the contraction, to check that it "
        "comes out as recorded; about a second each",
        ge=0,
        le=1000,
    )
    unusual_pct: float = setting(
        99.0,
        "a recording farther from the training simulations than this share of held-out "
        "simulations is called unlike them",
        unit="%",
        gt=50,
        lt=100,
    )


@dataclass(frozen=True, kw_only=True)
class NetworkSettings(Settings):
    """The shape of a network and how it is fitted."""

    transforms: int = setting(5, "transforms of a network", ge=1, le=20)
    hidden: tuple[int, ...] = setting((80, 80), "units of the layers of each transform")
    embedding: tuple[int, ...] = setting((256, 128), "units of the layers that read the summaries")
    dropout: float = setting(0.25, "share of these units left out at each step", ge=0, lt=1)
    learning_rate: float = setting(1e-3, "largest learning rate", gt=0, le=1)
    weight_decay: float = setting(0.02, "shrinkage of weights", ge=0, le=1)
    batch: int = setting(256, "recordings per step", ge=8, le=100_000)
    epochs: int = setting(80, "passes through the training data", ge=1, le=10_000)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("hidden", "embedding"):
            sizes = getattr(self, name)
            if not sizes or min(sizes) < 1:
                why = "must be one or more layers of at least one unit each."
                raise self.refusal(name, why)


def _of_changes() -> NetworkSettings:
    # Pairs are fewer than recordings and changes small: less to learn from, and less to learn.
    return NetworkSettings(
        transforms=4, hidden=(48, 48), embedding=(128, 48), dropout=0.35, epochs=40
    )


@dataclass(frozen=True, kw_only=True)
class TrainSettings(Settings):
    """How the networks of inference are trained."""

    pairs: int = setting(
        4000, "simulated people, each before and after a change", ge=64, le=10_000_000
    )
    held_out: int = setting(
        320, "additional people, from another seed, used for testing only", ge=64, le=1_000_000
    )
    views: int = setting(
        2, "times that each recording is seen, with other units and errors each time", ge=1, le=20
    )
    networks: int = setting(3, "networks whose posteriors are averaged", ge=1, le=20)
    state: NetworkSettings = setting(NetworkSettings, "networks for the state in one recording")
    change: NetworkSettings = setting(_of_changes, "networks for the change between two recordings")
