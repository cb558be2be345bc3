"""Short ways to rows of columns give what the long ones give, to the last bit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matchmaker.columns import RowLengths, entries, sparse_rows

ROWS, COLUMNS = 5, 7
places = st.tuples(st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1), st.integers(1, 5).map(float))
VECTORS = arrays(np.int8, (ROWS, 64))


@given(pairs=st.lists(places), row=st.integers(0, ROWS - 1))
def test_the_entries_of_a_row_are_those_of_the_matrix_of_that_row(pairs, row):
    matrix = sparse_rows(pairs, rows=ROWS, columns=COLUMNS)

    columns, values = entries(matrix, row)

    assert columns.tolist() == matrix[[row]].indices.tolist()
    assert values.tolist() == matrix[[row]].data.tolist()


@given(vectors=VECTORS, asked=st.lists(st.lists(st.integers(0, ROWS - 1)), min_size=1, max_size=4))
def test_a_length_is_the_same_however_often_and_beside_whomever_it_is_asked_for(vectors, asked):
    lengths = RowLengths(vectors)

    for rows in asked:
        chosen = np.array(rows, dtype=np.intp)
        measured = np.linalg.norm(vectors[chosen].astype(np.float32), axis=1)
        assert lengths.of(chosen).tobytes() == measured.tobytes()
