"""Lines between points: the bits of NumPy's own search, at every place."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capgen.draws.interpolation import interpolated

SCORES = st.floats(-9, 9)
POINTS = st.sets(st.integers(-900, 900), min_size=2, max_size=9).map(sorted)


@given(st.data(), POINTS)
def test_bits_are_those_of_numpy(data: st.DataObject, hundredths: list[int]) -> None:
    known = np.array(hundredths) / 100
    values = data.draw(arrays(np.float64, known.size, elements=st.floats(-1e6, 1e6)))
    between = data.draw(arrays(np.float64, (2, 9), elements=SCORES))
    places = np.concatenate([between.ravel(), known, [-40.0, 40.0]]).reshape(1, -1)
    # As values: the sign of a zero is lost in what follows.
    assert np.array_equal(interpolated(places, known, values), np.interp(places, known, values))
