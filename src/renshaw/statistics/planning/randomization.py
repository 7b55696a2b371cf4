"""A randomization list: blocks of varying size, strata, and a seal that can be shown beforehand."""

from __future__ import annotations

import hashlib
import itertools
import math
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.cells import safe_table
from renshaw.core.errors import SettingsError
from renshaw.core.seeds import checked_seed, stream
from renshaw.core.settings import Settings, setting
from renshaw.statistics.planning.orders import williams

if TYPE_CHECKING:
    import pandas as pd

PARALLEL, CROSSOVER, N_OF_1 = "parallel", "crossover", "n-of-1"


@dataclass(frozen=True, kw_only=True)
class RandomizationSettings(Settings):
    """Who gets what, and in which order, by chance."""

    kind: str = setting(
        PARALLEL,
        "parallel: each participant one arm; crossover: each all arms, in random order; n-of-1: "
        "the order within each pair of periods",
        choices=(PARALLEL, CROSSOVER, N_OF_1),
    )
    participants: int = setting(
        20, "participants on the list (in each stratum, where there are strata)", ge=1, le=100_000
    )
    arms: tuple[str, ...] = setting(("treatment", "control"), "what participants get")
    allocation: str = setting(
        "", "participants of the arms to each other, in their order: 2:1 (as many in each)"
    )
    blocks: tuple[int, ...] = setting(
        (),
        "sizes of blocks, drawn at random; two, three and four times the arms (the orders, of a "
        "crossover) if none are given",
    )
    strata: tuple[str, ...] = setting((), "strata, as column=level,level: site=A,B")
    pairs: int = setting(4, "pairs of periods of each participant (n-of-1)", ge=1, le=1000)

    def __post_init__(self) -> None:
        super().__post_init__()
        arms = self.arms
        if len(arms) < 2 or len(set(arms)) < len(arms) or not all(str(a).strip() for a in arms):
            raise self.refusal("arms", "two or more different names are needed.")
        if self.kind == N_OF_1 and len(arms) != 2:
            raise self.refusal("arms", "a pair of periods has two.")
        if self.kind == CROSSOVER and len(arms) > 8:
            raise self.refusal("arms", "more than eight have too many orders.")
        self._refuse_allocation()
        if self.kind == N_OF_1 and (self.blocks or self.strata):
            name = "blocks" if self.blocks else "strata"
            raise self.refusal(name, "does nothing in n-of-1: every pair is a block.")
        if self.kind != N_OF_1 and self.pairs != 4:
            raise self.refusal("pairs", f"does nothing in a {self.kind} trial.")
        for size in self.blocks:
            if isinstance(size, bool) or not isinstance(size, int) or size < 1:
                raise self.refusal("blocks", "a size is a whole number.")
            if size % self.groups:
                raise self.refusal(
                    "blocks", f"{size} is no multiple of {self.groups}, so arms would not be even."
                )
        self.strata_levels()

    def _refuse_allocation(self) -> None:
        if not self.allocation:
            return
        if self.kind != PARALLEL:
            raise self.refusal("allocation", f"does nothing in a {self.kind} trial.")
        words = self.allocation.split(":")
        if len(words) != len(self.arms) or not all(
            each.strip().isdecimal() and 0 < int(each) <= 100 for each in words
        ):
            raise self.refusal(
                "allocation",
                f"write a whole number from 1 to 100 for each of {len(self.arms)} arms, as 2:1.",
            )

    @property
    def shares(self) -> tuple[int, ...]:
        """How many participants of each arm there are to each other."""
        if not self.allocation:
            return (1,) * len(self.arms)
        return tuple(int(each) for each in self.allocation.split(":"))

    @property
    def groups(self) -> int:
        """The smallest block in which shares are kept: of arms, or of orders of a crossover."""
        return len(self.choices())

    @property
    def block_sizes(self) -> tuple[int, ...]:
        """Sizes of blocks, as they are used."""
        return self.blocks or tuple(times * self.groups for times in (2, 3, 4))

    def choices(self) -> list[tuple[str, ...]]:
        """Return what a participant may get, as often as it is in a round: an arm, or an order.

        Orders of a crossover are those of a Williams design: each treatment follows each other
        equally often.
        """
        if self.kind == CROSSOVER:
            return [tuple(self.arms[n] for n in order) for order in williams(len(self.arms))]
        pairs = zip(self.arms, self.shares, strict=True)
        return [(arm,) for arm, share in pairs for _ in range(share)]

    def strata_levels(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return each stratifying column with its levels."""
        found = []
        for words in self.strata:
            column, equals, levels = str(words).partition("=")
            names = tuple(name.strip() for name in levels.split(",") if name.strip())
            if not equals or not column.strip() or len(names) < 2 or len(set(names)) < len(names):
                raise self.refusal(
                    "strata", f"{words!r} is not written as column=level,level (site=A,B)."
                )
            found.append((column.strip(), names))
        return found


@dataclass(frozen=True, eq=False)
class Randomization:
    """A randomization list with its seal.

    Parameters
    ----------
    table : DataFrame
        A row a participant (a pair of periods, of n-of-1): number, strata, block, and arm or
        periods.
    settings : RandomizationSettings
    seed : int
        It makes the list again; whoever knows it knows the list.
    salt : str
        64 digits of chance, kept with the seed: without them nobody can try seeds until the public
        seal fits.
    """

    table: pd.DataFrame
    settings: RandomizationSettings
    seed: int
    salt: str

    def csv(self) -> str:
        """Return the list as CSV."""
        return str(safe_table(self.table).to_csv(index=False, lineterminator="\n"))

    @property
    def seal(self) -> str:
        """SHA-256 of seed, salt and list: it shows nothing of them, and fits no other."""
        return seal_of(self.csv(), self.seed, self.salt)

    def warnings(self) -> tuple[str, ...]:
        """Return what may make the list predictable, or its arms uneven."""
        s = self.settings
        found = []
        if s.kind == N_OF_1:
            return ()
        if len(set(s.block_sizes)) == 1:
            found.append(
                "Blocks of one size: whoever knows it knows the last allocations of every block. "
                "Several sizes hide them."
            )
        if s.participants < min(s.block_sizes):
            strata = math.prod(len(levels) for _, levels in s.strata_levels())
            lists = f" in each of {strata} strata" if strata > 1 else ""
            found.append(
                f"{s.participants} participants{lists} do not fill a block of "
                f"{min(s.block_sizes)}: groups may come out uneven. Take fewer strata or smaller "
                "blocks."
            )
        return tuple(found)

    def method(self) -> str:
        """Return how the list was made, without telling what is to be concealed."""
        s = self.settings
        arms = ", ".join(s.arms)
        if s.kind == N_OF_1:
            how = f"the order of {arms} within each of {s.pairs} pairs of periods by chance"
        else:
            shares = ":".join(map(str, s.shares))
            what = f"orders of {arms}" if s.kind == CROSSOVER else f"groups {arms}, {shares}"
            # Sizes are told to nobody who enrolls (SPIRIT): they stand in the sealed list.
            varied = len(set(s.block_sizes)) > 1
            sizes = " whose sizes vary by chance" if varied else ""
            how = f"{what}, in permuted blocks{sizes}"
        strata = [f"{column} ({', '.join(levels)})" for column, levels in s.strata_levels()]
        how += f", stratified by {' and '.join(strata)}" if strata else ""
        return f"Computer-generated list ({how}; Philox generator, 63-bit seed)."


def randomization(
    settings: RandomizationSettings | None = None, *, seed: int | None = None
) -> Randomization:
    """Return a randomization list.

    Parameters
    ----------
    settings : RandomizationSettings, optional
    seed : int, optional
        By default drawn from the operating system, so that nobody can guess it. A seed of one's
        own (7, a date) can be guessed, and with it the list.

    Examples
    --------
    >>> from renshaw.stats import RandomizationSettings, randomization
    >>> made = randomization(RandomizationSettings(participants=4, blocks=(4,)), seed=1)
    >>> sorted(made.table["arm"])
    ['control', 'control', 'treatment', 'treatment']
    """
    import pandas as pd

    settings = settings or RandomizationSettings()
    seed = secrets.randbits(63) if seed is None else checked_seed(seed)
    if settings.kind == N_OF_1:
        rows = _pairs(settings, seed)
    else:
        names = [column for column, _ in settings.strata_levels()]
        levels = [each for _, each in settings.strata_levels()]
        rows = []
        for stratum in itertools.product(*levels):
            rows += _blocks(settings, seed, dict(zip(names, stratum, strict=True)))
    return Randomization(pd.DataFrame(rows), settings, seed, secrets.token_hex(32))


def _blocks(
    settings: RandomizationSettings, seed: int, stratum: dict[str, str]
) -> list[dict[str, object]]:
    rng = stream(seed, "randomization", *stratum.values())
    choices = settings.choices()
    sizes = settings.block_sizes
    rows: list[dict[str, object]] = []
    for block in itertools.count(1):
        size = int(rng.choice(sizes))
        for place in rng.permutation(size):
            if len(rows) == settings.participants:
                return rows
            got = choices[int(place) % len(choices)]
            given = (
                {"arm": got[0]}
                if settings.kind == PARALLEL
                else {f"period_{n}": arm for n, arm in enumerate(got, 1)}
            )
            rows.append({"number": len(rows) + 1, **stratum, "block": block, **given})
    return rows


def _pairs(settings: RandomizationSettings, seed: int) -> list[dict[str, object]]:
    rng = stream(seed, "randomization")
    rows: list[dict[str, object]] = []
    for number in range(1, settings.participants + 1):
        for pair in range(1, settings.pairs + 1):
            first = int(rng.integers(2))
            order = settings.arms[first], settings.arms[1 - first]
            rows.append({"number": number, "pair": pair, "first": order[0], "second": order[1]})
    return rows


def seal_of(csv: str, seed: int, salt: str) -> str:
    """Return the seal of a list, its seed and its salt.

    Parameters
    ----------
    csv : str
    seed : int
    salt : str
    """
    return hashlib.sha256(f"{seed}\n{salt}\n{csv}".encode()).hexdigest()


def write_sealed(made: Randomization, folder: Path) -> list[Path]:
    """Write the list and its seed, for whoever keeps them, and the seal, for everybody.

    Parameters
    ----------
    made : Randomization
    folder : Path
        Made where it does not exist.
    """
    from renshaw.core.files import write_text, writing

    kept = folder / "sealed"
    texts = {
        kept / "randomization.csv": made.csv(),
        kept / "seed.txt": f"{made.seed}\n{made.salt}\n",
        folder / "seal.txt": f"{made.seal}\n{made.method()}\n",
    }
    for path in texts:
        if path.exists():
            raise SettingsError(
                f"{path} is there already; a list is made once. Give another folder."
            )
    with writing(kept):
        kept.mkdir(parents=True, exist_ok=True)
    return [write_text(path, text) for path, text in texts.items()]


def opened(folder: Path, seal: str) -> bool:
    """Return whether a list and its seed are those that were sealed.

    Parameters
    ----------
    folder : Path
        With ``randomization.csv`` and ``seed.txt``.
    seal : str
        As it was shown beforehand.

    Raises
    ------
    SettingsError
        The seal or a file is none.
    """
    seal = seal.strip().lower()
    if len(seal) != 64 or set(seal) - set("0123456789abcdef"):
        raise SettingsError(f"{seal!r} is no seal: it has 64 digits, 0 to 9 and a to f.")
    inner = folder / "sealed" if (folder / "sealed").is_dir() else folder
    texts = []
    for name in ("randomization.csv", "seed.txt"):
        path = inner / name
        if not path.is_file():
            raise SettingsError(f"{path} does not exist; give the folder of the list.")
        texts.append(path.read_bytes().decode())
    words = texts[1].split()
    if len(words) != 2 or not words[0].isdecimal():
        raise SettingsError(f"{inner / 'seed.txt'} holds no seed and salt, a line each.")
    return seal_of(texts[0].replace("\r\n", "\n"), int(words[0]), words[1]) == seal
