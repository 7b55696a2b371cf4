"""Calls that mypy and pyright must refuse: each line that ends in ``# wrong``."""

from __future__ import annotations

import renshaw as rs

recording = rs.read("ramp.mat")
estimates = rs.estimate(recording)

rs.simulate(1, 2, 3, nonsense=4)  # wrong
rs.simulate(rs.Participant(), rs.Ramp(), seed="one")  # wrong
rs.simulate(rs.Participant())  # wrong
rs.simulate(rs.Ramp(), rs.Participant())  # wrong
rs.read(3)  # wrong
rs.read("ramp.mat", "csv")  # wrong
rs.write("ramp.h5", recording)  # wrong
rs.estimate("ramp.mat")  # wrong
rs.estimate(recording, 5)  # wrong
rs.estimate(recording, seeds=1)  # wrong
rs.infer(estimates)  # wrong
rs.infer(recording, rs.EstimateSettings())  # wrong
rs.decompose(recording, rs.EstimateSettings())  # wrong
rs.track(recording)  # wrong
rs.optimize(recording)  # wrong
rs.plan(5)  # wrong
rs.compare()  # wrong
rs.report(recording)  # wrong
rs.report(5, "five.html")  # wrong
rs.Ramp(peak=20)  # wrong
rs.Ramp(peak_pct_mvc="high")  # wrong
rs.Participant(mucle="TA")  # wrong
rs.interventions.Baclofen(dose="60 mg")  # wrong
rs.edit.Reestimate("three")  # wrong
rs.stats.mixed_model("table.csv")  # wrong
rs.simulat(rs.Participant(), rs.Ramp())  # wrong
rs.mixed_model  # wrong
rs.stats.mixed  # wrong
rs.emg.sauces  # wrong
recording.unit  # wrong
estimates.to_tabel()  # wrong
number: int = rs.estimate(recording)  # wrong
text: str = rs.read("ramp.mat")  # wrong
rs.kinds.Format("toy", "Toy")  # wrong
rs.kinds.Format(name="toy", title="Toy", recognizes=len, read=rs.read)  # wrong
rs.kinds.FORMATS.add(5)  # wrong
