"""Tables as they are typed: titles, merged cells, codes for missing, lost decimal signs."""

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.statistics.reading.slips import refuse_merged, refuse_slips
from renshaw.statistics.reading.tables import read_table

NEEDED = ("deltaf", "time", "participant")
FORMULA = "deltaf ~ time + (1|participant)"
QUICK = rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0)


def table(people=12, seed=0):
    rng = np.random.default_rng(seed)
    rows = [
        (f"P{p:02d}", time, round(4 + own + rng.normal(0, 0.5), 3))
        for p, own in enumerate(rng.normal(0, 0.8, people))
        for time in ("pre", "post")
        for _ in range(3)
    ]
    return pd.DataFrame(rows, columns=["participant", "time", "deltaf"])


def written(folder, text):
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("above", ["Study of ΔF\n", "# exported\n# 2024\n\n", 'a, "b"\n;;\n'])
def test_titles_above_the_header_are_passed_over(tmp_path, above, separator):
    path = written(tmp_path, above + table().to_csv(index=False, sep=separator))
    found = read_table(path, columns=NEEDED)
    pd.testing.assert_frame_equal(found.reset_index(drop=True), table())
    # Rows keep the number that the file gives them.
    assert found.index[0] == above.count("\n") + 2


def test_no_row_is_taken_for_a_header_that_lacks_a_column(tmp_path):
    path = written(tmp_path, "Study\n" + table().to_csv(index=False))
    with pytest.raises(rs.DataError, match="no column 'torque'"):
        rs.compare(path, "torque ~ time + (1|participant)", QUICK)


def test_columns_without_name_and_values_are_left_out(tmp_path):
    lines = table().to_csv(index=False).splitlines()
    path = written(tmp_path, "\n".join(line.replace(",", ",,", 1) for line in lines))
    assert list(read_table(path).columns) == ["participant", "time", "deltaf"]
    path = written(tmp_path, "\n".join([lines[0].replace(",", ",,", 1), "P1,x,pre,1", "P2,,pre,1"]))
    with pytest.raises(rs.ReadError, match="column 2 has no name"):
        read_table(path)


def test_names_of_people_may_be_numbers_and_words(tmp_path):
    codes = table()["participant"].str[1:].astype(int).astype(str).replace("7", "7a")
    named = table().assign(participant=codes)
    model = rs.compare(written(tmp_path, named.to_csv(index=False)), FORMULA, QUICK)
    assert model.layout.people == 12
    assert model.answers[0].p_value == rs.compare(table(), FORMULA, QUICK).answers[0].p_value
    # A covariate is numbers all the same; a column that nobody asks for is not looked at.
    aged = table().assign(age=["61"] * 71 + ["62?"])
    path = written(tmp_path, aged.to_csv(index=False))
    with pytest.raises(rs.ReadError, match=r"column 'age', row 73: '62\?'"):
        rs.compare(path, "deltaf ~ time + age + (1|participant)", QUICK)
    assert rs.compare(path, FORMULA, QUICK).answers


@pytest.mark.parametrize(("text", "kind"), [('[{"a": 1}]', "JSON"), ("<html></html>", "HTML")])
def test_other_kinds_of_text_are_named(tmp_path, text, kind):
    with pytest.raises(rs.ReadError, match=f"is {kind}"):
        read_table(written(tmp_path, text))


def test_a_column_for_each_condition_is_asked_to_be_made_long(tmp_path):
    wide = pd.DataFrame({"participant": ["A", "B"], "pre": [1.0, 2.0], "post": [2.0, 3.0]})
    path = written(tmp_path, wide.to_csv(index=False))
    with pytest.raises(rs.DataError) as caught:
        rs.compare(path, FORMULA, QUICK)
    assert "one row a measurement" in str(caught.value)


def test_merged_cells_are_refused_and_gaps_are_not():
    merged = table()
    merged["participant"] = merged["participant"].where(~merged["participant"].duplicated())
    with pytest.raises(rs.DataError, match=r"'participant' is empty in 60 of 72 rows.*merged"):
        refuse_merged(merged, ["time", "participant"], "t.csv")
    rng = np.random.default_rng(2)
    gaps = table().assign(age=np.where(rng.uniform(size=72) < 0.6, np.nan, 50.0))
    gaps.loc[0, "age"] = 50.0
    refuse_merged(gaps, ["age"], "t.csv")


@pytest.mark.parametrize("code", [999, -99, -9999.0, 99999])
def test_codes_for_missing_are_asked_about(code):
    data = table()
    data.loc[[3, 17, 30], "deltaf"] = code
    with pytest.raises(rs.DataError, match=r"rows 3, 17, 30: -?9+ is far away") as caught:
        rs.compare(data, FORMULA, QUICK)
    assert "missing" in str(caught.value)
    assert rs.compare(data, FORMULA, QUICK.replace(labels="keep")).answers


def test_a_lost_decimal_sign_and_endless_numbers_are_refused_by_row():
    for value, words in (
        (4100000.0, "row 7: 4100000 is far away"),
        (1e300, "row 7: 1e.300 is too"),
    ):
        data = table()
        data.loc[7, "deltaf"] = value
        with pytest.raises(rs.DataError, match=words):
            rs.compare(data, FORMULA, QUICK)


@pytest.mark.parametrize("seed", range(20))
def test_skewed_values_and_nines_among_others_are_values(seed):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "skewed": rng.lognormal(0, 2, 400),
            "heavy": rng.standard_t(2, 400),
            "grade": rng.integers(0, 10, 400),
            "count": rng.poisson(np.where(np.arange(400) % 7, 1.0, 99.0)),
            "same": np.where(np.arange(400) < 380, 0.0, 9.0),
        }
    )
    refuse_slips(data, list(data.columns), "t.csv", "ask")


def test_marks_on_a_line_from_0_to_100_are_no_counts():
    from renshaw.statistics.families.suspicion import suspicion

    rng = np.random.default_rng(0)
    marks = np.clip(np.round(rng.normal(55, 40, 300)), 0, 100)
    assert (marks == 0).mean() < 0.2
    assert suspicion("rating", marks) is None


def test_pilots_and_trials_ask_about_codes_for_missing_too():
    data = table()
    data.loc[[3, 17], "deltaf"] = 999
    with pytest.raises(rs.DataError, match="rows 3, 17: 999 is far away"):
        rs.stats.pilot(data, FORMULA)
    with pytest.raises(rs.DataError, match="999 is far away.*cells empty[.]"):
        grouped = data.rename(columns={"time": "group"}).assign(before=4 + np.arange(72) / 50)
        rs.stats.ancova(grouped, "deltaf", before="before", time="")
