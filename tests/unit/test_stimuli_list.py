"""Lists of stimuli as laboratories have them: read rightly, or refused with the reason."""

from __future__ import annotations

import pytest

from renshaw.core.errors import ReadError
from renshaw.decomposition.stimuli_list import times_in

RIGHT = {
    "bars": "time|what\n1.5|a\n2.5|b\n",
    "mark of UTF-8": "\ufefftime_s\n1.5\n2.5\n",
    "quoted": '"label","time_s"\n"a, b","1.5"\n"c","2.5"\n',
    "on and off": "time_off,time_on\n1.6,1.5\n2.6,2.5\n",
    "end and start": "end_time,start_time\n1.6,1.5\n2.6,2.5\n",
    "BIDS": "duration\tonset\ttrial_type\n0\t1.5\tstim\n0\t2.5\tstim\n",
    "BIDS with samples": "sample\tonset\n3000\t1.5\n5000\t2.5\n",
    "comments": "# times of the left leg\n% in s\n1.5\n# lost\n2.5 # weak\n",
    "row numbers of pandas": ",time_s\n0,1.5\n1,2.5\n",
    "label first": "shock,1.5\nshock,2.5\n",
    "decimal commas in the second column": "label;time\na;1,5\nb;2,5\n",
    "decimal commas behind tabs": "label\ttime\na\t1,5\nb\t2,5\n",
    "quoted decimal commas": '"1,5"\n"2,5"\n',
    "its divider told": "sep=;\ntime;x\n1,5;a\n2,5;b\n",
    "aligned by spaces": "amp   time\n20    1.5\n30    2.5\n",
    "a head with spaces": "TTL onset [sec]\n1.5\n2.5\n",
    "reaction times": "reaction_time,onset\n0.3,1.5\n0.3,2.5\n",
    "times of samples and of stimuli": "time_s,stim_time_s\n0.0,1.5\n0.1,2.5\n",
    "intensities": "stim_intensity_mA,time_s\n20,1.5\n20,2.5\n",
    "numbers of stimuli": "stimulus,time_s\n1,1.5\n2,2.5\n",
    "milliseconds as well": "time_ms,time_s\n1500,1.5\n2500,2.5\n",
    "lines of an old Mac": "time_s\r1.5\r2.5\r",
    "empty rows": "time_s\n\n1.5\n\n\n2.5\n,\n",
    "unit behind each": "1.5 s\n2.5 s\n",
}
REFUSED = {
    "time (us)\n1500000\n": "microseconds",
    "time [µs]\n1500000\n": "microseconds",
    "time (min)\n1.5\n2.5\n": "minutes",
    "time (samples)\n1500\n2500\n": "samples",
    "onsetMs\n1500\n2500\n": "milliseconds",
    "timems\n1500\n2500\n": "milliseconds",
    "label,stim time [ms]\na,1500\nb,2500\n": "milliseconds",
    "1500 ms\n2500 ms\n": "milliseconds",
    "# times in ms\n1500\n2500\n": "milliseconds",
    "sample\n1500\n2500\n": "samples",
    "stim_index\n1500\n2500\n": "samples",
    "on,off\n1.5,1.6\n2.5,2.6\n": "none of its columns",
    "1.5,1.6\n2.5,2.6\n": "rows have 2 numbers",
    "1,1.5\n2,2.5\n": "rows have 2 numbers",
    "1.5,2.5,3.5\n": "one row has 3 numbers",
    "1,500.5\n2,500.5\n": "rows have 2 numbers",
    "1,5\n2,5\n": "decimal comma",
    "time_s\n1,5\n2,5\n": "decimal comma",
    "1,25 shock\n2,25 shock\n": "decimal comma",
    "onset\ttrial_type\n1.5\tstim\n2.0\trest\n": "2 kinds .trial_type: rest, stim",
    "onset\tx\n1.5\t0\nn/a\t0\n": "row 3: 'n/a'",
    "nan\n1.5\n": "row 1: 'nan'",
    "label,time\na,1.5\nb,\n": "row 3: ''",
    "stimulus,latency\n1,1.5\n2,2.5\n": "none of its columns",
    "first_time,second_time\n1,1.5\n2,2.5\n": "several of its columns",
    "1_500\n2_500\n": "none of its columns",
    "00:01.5\n00:02.5\n": "none of its columns",
    "1.5\x00\n2.5\n": "no text",
    "time,trigger\n0.000,0\n0.001,0\n0.002,5\n0.003,5\n": "samples of a signal",
    "[1.5, 2.5]": "no time in it",
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_a_list_is_read_rightly(tmp_path, text):
    file = tmp_path / "times.csv"
    file.write_bytes(text.encode())
    assert times_in(file) == (1.5, 2.5)


@pytest.mark.parametrize(("text", "why"), REFUSED.items(), ids=range(len(REFUSED)))
def test_a_list_that_may_be_something_else_is_refused(tmp_path, text, why):
    file = tmp_path / "times.csv"
    file.write_bytes(text.encode())
    with pytest.raises(ReadError, match=why):
        times_in(file)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_any_usual_encoding_is_read(tmp_path, encoding):
    file = tmp_path / "times.csv"
    file.write_bytes("time_s;mühe\n1,5;ä\n2,5;ö\n".encode(encoding))
    assert times_in(file) == (1.5, 2.5)


def test_one_time_and_times_before_the_beginning_are_times(tmp_path):
    file = tmp_path / "times.csv"
    file.write_text("1.5\n", encoding="utf-8")
    assert times_in(file) == (1.5,)
    file.write_text("-0.5\n\N{MINUS SIGN}0.25\n1e1\n", encoding="utf-8")
    assert times_in(file) == (-0.5, -0.25, 10.0)
