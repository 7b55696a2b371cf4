"""`PeristimulusSettings`: how responses of units to stimuli are counted and judged."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings, setting

# Every stretch of bins is tried: that many bins make half a million of them.
_MOST_BINS = 1000


@dataclass(frozen=True, kw_only=True)
class PeristimulusSettings(Settings):
    """How responses of units to stimuli are counted and judged."""

    before_ms: float = setting(
        150.0, "time before each stimulus that is taken as usual firing", unit="ms", ge=20, le=5000
    )
    first_ms: float = setting(
        5.0, "where responses begin to be looked for, after the stimulus", unit="ms", ge=0, le=1000
    )
    last_ms: float = setting(150.0, "where they end to be looked for", unit="ms", gt=0, le=5000)
    bin_ms: float = setting(1.0, "width of a bin", unit="ms", ge=0.1, le=50)
    alone_ms: float = setting(
        0.0,
        "stimuli that follow another within this time do not count, as in trains (0: all count)",
        unit="ms",
        ge=0,
        le=60000,
    )
    moved: int = setting(499, "sets of moved stimuli that tell what chance does", ge=19, le=9999)
    alpha: float = setting(0.05, "share of such sets up to which a response counts", gt=0, lt=0.5)
    discharges_min: int = setting(
        100, "fewest discharges before the stimuli, all together", ge=1, le=100000
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.last_ms - self.first_ms < 5 * self.bin_ms:
            raise self.refusal("last_ms", "must lie at least five bins after first_ms.")
        if self.last_ms - self.first_ms > _MOST_BINS * self.bin_ms:
            raise self.refusal("bin_ms", f"the window would have more than {_MOST_BINS} bins.")
        if (1 + self.moved) * self.alpha < 1:
            raise self.refusal(
                "moved",
                f"no response could count: with {self.moved} sets, p is never below "
                f"{1 / (1 + self.moved):.2g}, and alpha is {self.alpha:g}.",
            )
