"""Loads what was handed over as custom datasets of TimeEval."""

from __future__ import annotations

from tests.bench.handed.expected import Expected, loaded, pandas

manager = loaded()["datasets"]
expected = Expected()
found = manager.select(collection="custom")
for dataset in found:
    train, test = (manager.get_dataset_df(dataset, train=is_train) for is_train in (True, False))
    assert manager.get(dataset).training_type.value == "semi-supervised"
    assert not train["is_anomaly"].any()
    assert test["is_anomaly"].iloc[0] == 1
    rows = pandas.concat([train, test])
    for column, own in {"cpu_p95": "cpu_p95", "is_anomaly": "label"}.items():
        expected.check(dataset[1], rows["timestamp"], rows[column], own)
expected.say([f"{len(found)} custom datasets, semi-supervised"], "timeeval")
