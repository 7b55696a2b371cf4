"""`ancova`: groups compared after treatment, with the values before as a covariate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.numbers import counted, p_equals
from renshaw.core.tails import f_sf
from renshaw.statistics.fitting.fit import Fit, fitted
from renshaw.statistics.formulas.formula import parse
from renshaw.statistics.trials.trial import (
    Given,
    Line,
    Trial,
    corrected,
    given,
    joint,
    tested,
    together,
    trial,
    weights_on,
)

if TYPE_CHECKING:
    import pandas as pd


def ancova(
    table: pd.DataFrame | str | Path,
    value: str = "",
    *,
    participant: str = "participant",
    group: str = "group",
    time: str = "time",
    before: str = "",
    cluster: str = "",
    reference: str = "",
) -> Trial:
    """Return how groups differ after treatment, adjusted for the values before.

    Several values of one person and time (units, ramps) are averaged first. Where groups were made
    by chance, this is more precise than the comparison of changes, which is shown beside. Of more
    than two groups each is compared with the reference: p-values are Holm's, intervals
    Bonferroni's.

    Parameters
    ----------
    table : DataFrame or path of a table
        One row a measurement.
    value : str
        Column that was measured; if empty, the only other column of numbers.
    participant, group, time : str
        Columns. The time has two levels.
    before : str
        The level of time that is the baseline; otherwise the one that says so.
    cluster : str
        Column of clusters (wards, centers) that were randomized as a whole.
    reference : str
        The group that others are compared with.

    Raises
    ------
    DataError
        A column is missing, there are not two times, or somebody is in two groups.

    Notes
    -----
    Vickers & Altman 2001, doi:10.1136/bmj.323.7321.1123.
    """
    found = given(
        "ancova",
        table,
        roles={"participant": participant, "group": group, "time": time, "cluster": cluster},
        measured={"value": value},
    )
    value = found.name("value")
    first, last = found.two_levels("time", before)
    base, *others = found.from_reference("group", reference)
    if not others:
        raise found.refusal(f"{group!r} has one group only, {base!r}.")
    _refuse_moves(found, cluster)
    wide = found.data.pivot_table(index="participant", columns="time", values="value")
    lost = int(wide[[first, last]].isna().any(axis=1).sum())
    wide = wide.dropna(subset=[first, last])
    of_people = ["group", *(["cluster"] if cluster else [])]
    data = found.data.groupby("participant")[of_people].first().loc[wide.index]
    data = data.assign(before=wide[first], after=wide[last]).reset_index(drop=True)
    data = data.assign(change=data["after"] - data["before"])
    if not data["before"].max() > data["before"].min():
        raise found.refusal(
            f"{value!r} is the same for everybody {first}: there is nothing to adjust for. Compare "
            f"the groups {last} by renshaw compare."
        )
    left = [each for each in others if (data["group"] == each).any()]
    if left != others or not (data["group"] == base).any():
        raise found.refusal(f"a group has nobody with a value {first} and {last}.")
    random = " + (1 | cluster)" if cluster else ""
    given_base = {"group": base}
    fit = fitted(data, parse(f"after ~ group + before{random}"), references=given_base)
    changes = fitted(data, parse(f"change ~ group{random}"), references=given_base)
    clusters = data["cluster"].nunique() - 1 - len(others) if cluster else np.inf
    if clusters < 1:
        raise found.refusal("each group has one cluster; clusters can't be told from groups.")

    def compared(words: str, by: Fit) -> list[Line]:
        return corrected(
            [
                tested(
                    f"{words}: {each} minus {base}",
                    by,
                    weights_on(by, f"group{each}"),
                    most_df=clusters,
                    tests=len(others),
                )
                for each in others
            ]
        )

    lines = compared(f"{value} {last}, adjusted for {first}", fit)
    if len(others) > 1:
        names = [f"group{each}" for each in others]
        lines.append(joint("All groups alike", fit, names, most_df=clusters))
    lines += compared("For comparison, changes", changes)
    slope = tested(f"{last} for one more of {first}", fit, weights_on(fit, "before"))
    return trial(
        "baseline",
        table,
        found,
        [*lines, slope],
        verb="ancova",
        arguments=found.arguments(before=first, reference=reference),
        value=value,
        model=fit.formula.text,
        points={
            "who": list(wide.index),
            "x": data["before"],
            "y": data["after"],
            "series": data["group"],
        },
        axes=(f"{value}, {first}", f"{value}, {last}"),
        n=len(data),
        warnings=_unequal_slopes(data, random, given_base),
        notes=[
            *([together(len(others))] if len(others) > 1 else []),
            *_carried(data, cluster),
            "It answers what treatment does to people who began alike, and holds where groups were "
            "made by chance; of groups that differ by nature it does not (Lord's paradox).",
        ],
        left_out=[f"{counted(lost, 'participant')} without a value {first} or {last}."]
        if lost
        else [],
        cites=("vickers2001",),
    )


def _refuse_moves(found: Given, cluster: str) -> None:
    """Refuse people in two groups or clusters, and clusters in two groups."""
    of_people = ["group", *(["cluster"] if cluster else [])]
    of_person = found.data.groupby("participant")[of_people].nunique()
    if (of_person > 1).any(axis=None):
        who = of_person.index[(of_person > 1).any(axis=1)][0]
        raise found.refusal(f"{who} is in two groups or clusters.")
    if cluster:
        of_cluster = found.data.groupby("cluster")["group"].nunique()
        if (of_cluster > 1).any():
            raise found.refusal(
                f"the {cluster} {of_cluster.index[of_cluster > 1][0]!r} is in two groups; clusters "
                "that are randomized as a whole are in one. If they are numbered anew in each "
                "group, give them names of their own (A1, B1)."
            )


def _carried(data: pd.DataFrame, cluster: str) -> list[str]:
    if not cluster:
        return []
    each = data.groupby("group")["cluster"].nunique()
    sizes = ", ".join(f"{n} in {group}" for group, n in each.items())
    return [f"Clusters carry it, not people: {sizes}."]


def _unequal_slopes(data: pd.DataFrame, random: str, references: dict[str, str]) -> list[str]:
    """Say where the effect depends on the baseline, so that one adjusted difference misleads."""
    if len(data) < 2 * data["group"].nunique() + 2:
        return []
    fit = fitted(data, parse(f"after ~ group * before{random}"), references=references)
    rows = [n for n, name in enumerate(fit.names) if ":" in name]
    if not rows:
        return []
    f, q, df = fit.precision.f_test(np.eye(len(fit.names))[rows], fit.coefficients)
    p = float(f_sf(f, q, df))
    if not p < 0.05:
        return []
    return [
        f"The difference between groups depends on the value before ({p_equals(p)}): one adjusted "
        "difference does not hold for all."
    ]
