"""`ancova`: groups compared after treatment, with the values before as a covariate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.numbers import counted, p_equals
from renshaw.statistics.fitting.fit import fitted
from renshaw.statistics.formulas.formula import parse
from renshaw.statistics.trials.trial import Trial, given, tested, trial, weights_on

if TYPE_CHECKING:
    import pandas as pd


def ancova(
    table: pd.DataFrame | str | Path,
    value: str,
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
    by chance, this is more precise than the comparison of changes, which is shown beside.

    Parameters
    ----------
    table : DataFrame or path of a table
        One row a measurement.
    value, participant, group, time : str
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
    names = [participant, group, time, *([cluster] if cluster else [])]
    found = given("ancova", table, names=names, numbers=[value])
    first, last = found.two_levels(time, before)
    groups = found.levels(group)
    base = reference or groups[0]
    if base not in groups:
        raise found.refusal(f"{group!r} has no {base!r}; it has {', '.join(groups)}.")
    if len(groups) < 2:
        raise found.refusal(f"{group!r} has one group only, {groups[0]!r}.")
    of_person = found.data.groupby(participant)[names[1:2] + names[3:]].nunique()
    if (of_person > 1).any(axis=None):
        who = of_person.index[(of_person > 1).any(axis=1)][0]
        raise found.refusal(f"{who} is in two groups or clusters.")
    if cluster:
        of_cluster = found.data.groupby(cluster)[group].nunique()
        if (of_cluster > 1).any():
            raise found.refusal(
                f"the {cluster} {of_cluster.index[of_cluster > 1][0]!r} is in two groups; clusters "
                "that are randomized as a whole are in one. If they are numbered anew in each "
                "group, give them names of their own (A1, B1)."
            )
    wide = found.data.pivot_table(index=participant, columns=time, values=value)
    lost = int(wide[[first, last]].isna().any(axis=1).sum())
    wide = wide.dropna(subset=[first, last])
    traits = found.data.groupby(participant)[names[1:2] + names[3:]].first().loc[wide.index]
    data = traits.rename(columns={group: "group", **({cluster: "cluster"} if cluster else {})})
    x = wide[first].to_numpy(dtype=float)
    data = data.assign(before=x, after=wide[last].to_numpy(dtype=float)).reset_index(drop=True)
    data = data.assign(change=data["after"] - data["before"])
    random = " + (1 | cluster)" if cluster else ""
    given_base = {"group": base}
    fit = fitted(data, parse(f"after ~ group + before{random}"), references=given_base)
    changes = fitted(data, parse(f"change ~ group{random}"), references=given_base)
    clusters = data["cluster"].nunique() - len(groups) if cluster else np.inf
    if clusters < 1:
        raise found.refusal("each group has one cluster; clusters can't be told from groups.")
    lines, same = [], []
    for each in groups:
        if each == base:
            continue
        weights = weights_on(fit, f"group{each}")
        what = f"{value} {last}, adjusted for {first}: {each} minus {base}"
        lines.append(tested(what, fit, weights, most_df=clusters))
        same.append(
            tested(
                f"For comparison, changes: {each} minus {base}",
                changes,
                weights_on(changes, f"group{each}"),
                most_df=clusters,
            )
        )
    slope = tested(f"{last} for one more of {first}", fit, weights_on(fit, "before"))
    return trial(
        "baseline",
        table,
        found,
        [*lines, *same, slope],
        verb="ancova",
        arguments=f"{value!r}, {participant=}, {group=}, {time=}, before={first!r}"
        + (f", {cluster=}" if cluster else "")
        + (f", {reference=}" if reference else ""),
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
            *_carried(data, cluster),
            "It answers what treatment does to people who began alike, and holds where groups were "
            "made by chance; of groups that differ by nature it does not (Lord's paradox).",
        ],
        left_out=[f"{counted(lost, 'participant')} without a value {first} or {last}."]
        if lost
        else [],
        cites=("vickers2001",),
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
    from scipy import stats

    f, q, df = fit.precision.f_test(np.eye(len(fit.names))[rows], fit.coefficients)
    p = float(stats.f.sf(f, q, df))
    if not p < 0.05:
        return []
    return [
        f"The difference between groups depends on the value before ({p_equals(p)}): one adjusted "
        "difference does not hold for all."
    ]
