"""Correlated noise and spikes, as arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capgen.panel.streams import stream
from capgen.panel.time_axis import Span, TimeAxis

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def cholesky(matrix: Floats) -> Floats:
    """Return the Cholesky factor of a correlation matrix.

    Worked out element by element (Cholesky-Banachiewicz), because a BLAS may round differently on
    another machine.

    Args:
        matrix: symmetric and positive definite, shape (n, n).

    Returns:
        The lower triangular factor of the same shape; factor times its transpose is the matrix.
    """
    size = len(matrix)
    factor = np.zeros((size, size))
    for row in range(size):
        for column in range(row + 1):
            rest = float(matrix[row, column])
            for inner in range(column):
                rest -= float(factor[row, inner]) * float(factor[column, inner])
            factor[row, column] = math.sqrt(rest) if row == column else rest / float(factor[column, column])
    return factor


def correlate(factor: Floats, independent: Floats) -> None:
    """Turn independent normals into correlated ones, in place: noise = factor · independent.

    Worked out element by element in a fixed order, so that the last bit does not depend on how many
    cells are worked out together; from the last metric up, because each needs only those before it.

    Args:
        factor: lower triangular, shape (metrics, metrics).
        independent: shape (metrics, servers, steps); noise afterwards, standard normal for each metric.
    """
    for row in reversed(range(len(independent))):
        noise = independent[row]
        noise *= factor[row, row]
        for column in range(row):
            noise += independent[column] * factor[row, column]


def draw_normals(
    seed: int, server_ids: Sequence[str], axis: TimeAxis, span: Span, out: Floats, purpose: str = "noise"
) -> None:
    """Draw the independent normals behind the noise.

    Each server draws each block whole, one metric after the other, so that a cell's draw depends on
    nothing but its block and its place in it.

    Args:
        seed: the configuration's seed.
        server_ids: the servers, in order.
        axis: the time axis.
        span: the steps.
        out: where to, shape (metrics, servers, steps).
        purpose: what they are for.
    """
    for part in _parts(axis, span):
        for position, server_id in enumerate(server_ids):
            generator = stream(seed, server_id, part.block, purpose)
            for of_metric in out[:, position, part.wanted]:
                part.fill(generator.standard_normal, of_metric)


def draw_spikes(seed: int, server_ids: Sequence[str], axis: TimeAxis, span: Span, probability: Floats | float) -> Flags:
    """Draw which cells a spike falls on, independently of each other.

    Args:
        seed: the configuration's seed.
        server_ids: the servers, in order.
        axis: the time axis.
        span: the steps to return.
        probability: of a spike, for each server and step; one of all servers, or shape (servers, 1).

    Returns:
        Shape (servers, steps).
    """
    return draw_uniforms(seed, server_ids, axis, span, "spike") < probability


def draw_uniforms(seed: int, server_ids: Sequence[str], axis: TimeAxis, span: Span, purpose: str) -> Floats:
    """Draw numbers between 0 and 1, one a cell.

    Args:
        seed: the configuration's seed.
        server_ids: the servers, in order.
        axis: the time axis.
        span: the steps to return.
        purpose: what they are for.

    Returns:
        Shape (servers, steps).
    """
    uniforms = np.empty((len(server_ids), span.size))
    for part in _parts(axis, span):
        for position, server_id in enumerate(server_ids):
            generator = stream(seed, server_id, part.block, purpose)
            part.fill(generator.random, uniforms[position, part.wanted])
    return uniforms


class _Part(NamedTuple):
    """What one block gives to a span: `drawn` of the block's steps are the `wanted` ones of the span."""

    block: str
    block_size: int
    drawn: slice
    wanted: slice

    def fill(self, draw: Callable[..., Floats], target: Floats) -> None:
        """Draw the block whole, and keep the wanted steps of it."""
        if target.size == self.block_size:
            draw(out=target)
        else:
            target[:] = draw(self.block_size)[self.drawn]


def _parts(axis: TimeAxis, span: Span) -> Iterator[_Part]:
    for block in axis.blocks(span):
        shared = block.span.overlap(span)
        yield _Part(block.label, block.span.size, shared.within(block.span), shared.within(span))
