"""Putting columns together: from pairs to sparse rows, from an old and a new part to one."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

Block = TypeVar("Block")


def sparse_rows(pairs: Sequence[tuple[int, int, float]], *, rows: int, columns: int) -> csr_array:
    """A rows x columns matrix from (row, column, value); of several values in one place the largest stays."""
    if not pairs:
        return csr_array((rows, columns), dtype=np.float32)
    row, column, value = (np.array(part) for part in zip(*pairs, strict=True))
    order = np.lexsort((-value, column, row))
    row, column, value = row[order], column[order], value[order]
    first = np.ones(len(row), dtype=bool)
    first[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
    indptr = np.zeros(rows + 1, dtype=np.int32)
    np.cumsum(np.bincount(row[first], minlength=rows), out=indptr[1:])
    return csr_array((value[first].astype(np.float32), column[first].astype(np.int32), indptr), shape=(rows, columns))


def widened(matrix: csr_array, columns: int) -> csr_array:
    """The same rows in a matrix of at least `columns` columns."""
    return csr_array(
        (matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], max(columns, matrix.shape[1]))
    )


def entries(matrix: csr_array, row: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Columns and values of one row (from 0 on), as `matrix[[row]]` has them, without the time to make that matrix."""
    part = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return matrix.indices[part], matrix.data[part]


class RowLengths:
    """Lengths of the rows of `vectors`, each measured when it is asked for first."""

    def __init__(self, vectors: NDArray[Any]) -> None:
        self._vectors = vectors
        self._known = np.full(len(vectors), np.nan, dtype=np.float32)

    def of(self, rows: NDArray[Any]) -> NDArray[np.float32]:
        new = rows[np.isnan(self._known[rows])]
        if len(new):
            self._known[new] = np.linalg.norm(self._vectors[new].astype(np.float32), axis=1)
        return self._known[rows]


def take(block: Block, rows: NDArray[np.intp]) -> Block:
    """`rows` of every column of a block of columns."""
    return type(block)(**{item.name: getattr(block, item.name)[rows] for item in fields(block)})  # type: ignore[arg-type]


def stacked(first: Block, second: Block) -> Block:
    """The rows of `first`, then those of `second`."""
    return type(first)(
        **{
            item.name: _one_below_the_other(getattr(first, item.name), getattr(second, item.name))
            for item in fields(first)  # type: ignore[arg-type]
        }
    )


def _one_below_the_other(first: NDArray[Any] | csr_array, second: NDArray[Any] | csr_array) -> NDArray[Any] | csr_array:
    if isinstance(first, np.ndarray):
        return np.concatenate([first, second])
    columns = max(first.shape[1], second.shape[1])
    return csr_array(vstack([widened(first, columns), widened(second, columns)], format="csr"))
