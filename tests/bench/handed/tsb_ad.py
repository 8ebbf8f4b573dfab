"""Reads what was handed over as TSB-AD's own program does, by the parts of a file's name."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tests.bench.handed.expected import Expected, folder, pandas

windows: Any = import_module("TSB_AD.utils.slidingWindows")

expected = Expected()
files = sorted(folder().glob("*.csv"))
for path in files:
    # As in TSB_AD/main.py.
    frame = pandas.read_csv(path).dropna()
    data = frame.iloc[:, 0:-1].values.astype(float)
    label = frame["Label"].astype(int).to_numpy()
    parts = path.name.split(".")[0].split("_")
    train = int(parts[-3])
    assert windows.find_length_rank(data, rank=1) > 0
    assert not label[:train].any()
    assert label[int(parts[-1])] == 1
    server = parts[4]
    times = expected.times(server)
    expected.check(server, times, data[:, 0])
    expected.check(server, times, label, "label")
expected.say([f"{len(files)} files as TSB_AD/main.py reads them"], "TSB-AD")
