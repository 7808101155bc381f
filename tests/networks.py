"""Networks for property tests."""

import numpy as np
from hypothesis import strategies as st

import tracer


@st.composite
def networks(draw, bound=10.0, most=4):
    """Networks of any small shape; numbers of many magnitudes, both signs, zeros of both signs."""
    samples, features, hidden, outputs = (draw(st.integers(1, most)) for _ in range(4))
    number = st.floats(-bound, bound, allow_nan=False, allow_infinity=False) | st.sampled_from(
        [0.0, -0.0, 1.0, 1 / 3, -1e-5, 5e-324, bound]
    )

    def matrix(rows, columns):
        flat = draw(st.lists(number, min_size=rows * columns, max_size=rows * columns))
        return np.array(flat).reshape(rows, columns)

    return tracer.Network(
        X=matrix(samples, features),
        y=matrix(samples, outputs),
        lr=draw(st.floats(1e-3, 1.0)),
        wh=matrix(features, hidden),
        bh=matrix(1, hidden),
        wout=matrix(hidden, outputs),
        bout=matrix(1, outputs),
    )
