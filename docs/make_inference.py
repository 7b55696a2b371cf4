"""Fill the tables of docs/inference.md and draw its pictures, from the weights that are shipped.

uv run docs/make_inference.py [TRAINING]

With the folder of a training, the people it kept out are written down for the tests, too.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from making import DOCS, fill, keep, parser, place

from renshaw.inference.dataset import dataset
from renshaw.inference.posterior import plain
from renshaw.inference.store import Store
from renshaw.inference.summaries import SUMMARIES
from renshaw.inference.targets import PARAMETER
from renshaw.inference.train import paired, single
from renshaw.inference.trained import Networks, Trained, shipped
from renshaw.model.muscles import MUSCLES

KEPT_OUT = DOCS.parent / "tests" / "published" / "inference_kept_out.npz"


def recovery_table(networks: Networks) -> str:
    """Return one row a parameter: recovery by muscle, narrowing, coverage, ranks."""
    made = networks.calibration
    assert made is not None
    table = made.to_table(tuple(MUSCLES))
    muscles = " | ".join(MUSCLES)
    lines = [
        f"| | explained, all (%) | {muscles} | narrowed (%) | 50 % held | 80 % | 90 % | 95 % | "
        "ranks even, p |",
        "| --- " * (9 + len(MUSCLES)) + "|",
    ]
    for row in table.to_dict("records"):
        shares = [row["explained_pct"], *(row[f"explained_{m}_pct"] for m in MUSCLES)]
        held = [row[f"coverage_{level}_pct"] for level in (50, 80, 90, 95)]
        numbers = [f"{x:.0f}".replace("-", "−") for x in (*shares, row["narrowed_pct"], *held)]
        p = "< .001" if row["ranks_p"] < 0.001 else f"{row['ranks_p']:.3f}"
        name = plain(row["parameter"].removesuffix("_change"))
        lines.append(f"| {name} | {' | '.join(numbers)} | {p} |")
    return "\n".join(lines)


def parameter_table() -> str:
    """Return one row a parameter that is inferred."""
    lines = ["| name | unit | what |", "| --- | --- | --- |"]
    for each in PARAMETER.values():
        lines.append(f"| `{each.name}` | {each.unit or '–'} | {each.sentence} |")
    return "\n".join(lines)


def summary_table() -> str:
    """Return one row a summary, those of phases as one."""
    lines = ["| name | unit | what |", "| --- | --- | --- |"]
    for each in SUMMARIES:
        if not re.match(r"(rate_(early|middle|late)|active)_", each.name):
            lines.append(f"| `{each.name}` | {each.unit or '–'} | {each.sentence} |")
    lines.append(
        "| `active_PHASE` | % | units that fire at 12 phases: 20 to 80 % of the way up, the "
        "beginning, middle and end of the top, 20 to 100 % of the way down |"
    )
    lines.append(
        "| `rate_THIRD_PHASE` | pps | rate of the early, middle and late recruited third then |"
    )
    return "\n".join(lines)


def made_words(trained: Trained) -> str:
    """Return how the shipped networks came about, in a paragraph."""
    made = trained.made
    judged = trained.state.calibration
    assert judged is not None
    networks = made["settings"]["networks"]
    return (
        f"The networks that are shipped ({networks} of the state, {networks} of changes) learned "
        f"from {made['recordings']:,} views of {2 * made['settings']['pairs']:,} simulated "
        f"recordings and {made['pairs']:,} of pairs of them, "
        f"and were judged on {judged.recordings} recordings of another seed."
    )


def keep_out(training: Path) -> None:
    """Write some recordings and pairs that training never saw, and their truth, for the tests."""
    folder, recordings, pairs = training / "kept_out", 200, 100
    seed = int((folder / "made.txt").read_text().split()[1].strip(","))
    unseen = dataset(Store(folder, seed))
    summaries, truth, muscle, _ = single(unseen)
    before, after, change, of, _ = paired(unseen)
    np.savez_compressed(
        KEPT_OUT,
        names=np.array([summary.name for summary in SUMMARIES]),
        summaries=summaries[:recordings].astype(np.float32),
        targets=truth[:recordings].astype(np.float32),
        muscle=muscle[:recordings],
        before=before[:pairs].astype(np.float32),
        after=after[:pairs].astype(np.float32),
        change=change[:pairs].astype(np.float32),
        pair_muscle=of[:pairs],
    )


def main() -> None:
    """Fill the page and draw the pictures."""
    from renshaw.figures.style import look
    from renshaw.reports.figures.calibration import calibration_picture

    asking = parser(__doc__)
    asking.add_argument("training", nargs="?", type=Path, help="folder of a training")
    asked = asking.parse_args()
    if asked.training is not None:
        keep_out(asked.training)
    folder = place(asked)
    trained, page = shipped(), folder / "inference.md"
    fill(page, "parameters", parameter_table())
    fill(page, "summaries", summary_table())
    fill(page, "made", made_words(trained))
    fill(page, "state", recovery_table(trained.state))
    fill(page, "change", recovery_table(trained.change))
    assert trained.state.calibration is not None
    with look():
        picture = calibration_picture(trained.state.calibration)
        keep(picture, folder / "figures" / "inference_calibration.svg")


if __name__ == "__main__":
    main()
