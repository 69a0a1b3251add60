"""Sums that are the same on every machine: of whole numbers small enough that float64 rounds none of them.

Threads, vector units and fused multiplication change the order in which a sum is made, and so its last bits,
unless nothing is rounded. So one factor of each product is brought to a grid first, and the sizes are chosen
so that every sum stays below 2**53.
"""

from __future__ import annotations

from math import frexp, fsum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def on_grid(values: NDArray[np.float64], bits: int) -> tuple[NDArray[np.float64], float]:
    """Whole numbers below 2**bits, and the power of two that they are to be multiplied with."""
    largest = float(np.abs(values).max(initial=0.0))
    if not largest:
        return np.zeros_like(values), 1.0
    unit = 2.0 ** (frexp(largest)[1] - bits)
    return np.rint(values / unit), unit


def dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The product of two vectors, correctly rounded."""
    return fsum((a * b).tolist())


def row_sums(
    table: NDArray[np.float64],
    columns: NDArray[np.integer],
    weights: NDArray[np.uint16] | NDArray[np.float64],
    starts: NDArray[np.int64],
) -> NDArray[np.float64]:
    """For each row the sum of weight times what the table has at the column.

    Args:
        table: whole numbers.
        columns: of all rows, one after the other.
        weights: as many.
        starts: where each row begins, and where the last one ends.
    """
    sums = np.zeros(len(starts) - 1)
    filled = np.flatnonzero(starts[1:] > starts[:-1])
    if len(filled):
        begin = int(starts[0])
        values = np.take(table, columns[begin : int(starts[-1])], mode="clip")
        values *= weights[begin : int(starts[-1])]
        sums[filled] = np.add.reduceat(values, starts[filled] - begin)
    return sums
