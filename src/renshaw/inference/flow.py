"""A conditional masked autoregressive flow, evaluated and sampled in numpy.

The network that `renshaw.inference.train` fits with sbi (Papamakarios et al. 2017,
arXiv:1705.07057; the layout of zuko's MAF), as plain matrices: an embedding of what was seen, then
transforms that carry parameters, one by one, to standard normal numbers. `tests/simulators` holds
it against torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Layers = tuple[tuple[Matrix, Matrix], ...]

# The least slope of a transform, as in zuko.
_LEAST_SLOPE = 1e-3


@dataclass(frozen=True, eq=False)
class Flow:
    """One trained network.

    Parameters
    ----------
    embedding : layers
        Weights (out, in) and biases (out,); between and after them, negative values become 0.
    transforms : tuple of layers
        Each takes parameters and embedding to a shift and a scale for each parameter.
    order : array, shape (transforms, parameters)
        In which order each transform takes the parameters.
    spread : float
        Standard deviation of the normal numbers; 1 unless recalibrated.
    """

    embedding: Layers
    transforms: tuple[Layers, ...]
    order: NDArray[np.int64]
    spread: float = 1.0

    @property
    def parameters(self) -> int:
        """How many parameters there are."""
        return int(self.order.shape[1])

    def log_prob(self, theta: Matrix, seen: Matrix) -> Matrix:
        """Return the log density of parameters, shape (n,).

        Parameters
        ----------
        theta : array, shape (n, parameters)
        seen : array, shape (n, inputs) or (inputs,)
        """
        z, log_slope = self.normal(theta, seen)
        z = z / self.spread
        whole = np.log(2 * np.pi) + 2 * np.log(self.spread)
        return np.asarray(log_slope - 0.5 * (z**2 + whole).sum(axis=1))

    def normal(self, theta: Matrix, seen: Matrix) -> tuple[Matrix, Matrix]:
        """Return the normal numbers of parameters, and the log slope of that, shape (n,)."""
        context = self._context(seen)
        z, total = theta, np.zeros(len(theta))
        for layers in self.transforms:
            shift, log_slope = _affine(layers, z, context)
            z = z * np.exp(log_slope) + shift
            total = total + log_slope.sum(axis=1)
        return z, total

    def at(self, z: Matrix, seen: Matrix) -> Matrix:
        """Return the parameters of normal numbers, shape (n, parameters): `normal` undone."""
        context = self._context(seen)
        for layers, order in zip(self.transforms[::-1], self.order[::-1], strict=True):
            theta = np.zeros_like(z)
            # A parameter depends on those before it only, so one more is right after each pass.
            for k in np.argsort(order):
                shift, log_slope = _affine(layers, theta, context)
                theta[:, k] = (z[:, k] - shift[:, k]) * np.exp(-log_slope[:, k])
            z = theta
        return z

    def sample(self, n: int, seen: Matrix, chance: np.random.Generator) -> Matrix:
        """Draw parameters for one recording, shape (n, parameters)."""
        return self.at(self.spread * chance.standard_normal((n, self.parameters)), seen)

    def _context(self, seen: Matrix) -> Matrix:
        hidden = np.atleast_2d(np.asarray(seen, dtype=float))
        for weight, bias in self.embedding:
            hidden = np.maximum(hidden @ weight.T + bias, 0.0)
        return hidden


def _affine(layers: Layers, theta: Matrix, context: Matrix) -> tuple[Matrix, Matrix]:
    (first, first_bias), *inner, (last, last_bias) = layers
    n = theta.shape[1]
    # What was seen is the same in all rows, and need not be multiplied for each.
    hidden = np.maximum(theta @ first[:, :n].T + (context @ first[:, n:].T + first_bias), 0.0)
    for weight, bias in inner:
        hidden = np.maximum(hidden @ weight.T + bias, 0.0)
    out = (hidden @ last.T + last_bias).reshape(len(theta), -1, 2)
    shift, scale = out[..., 0], out[..., 1]
    return shift, scale / (1.0 + np.abs(scale / np.log(_LEAST_SLOPE)))


def to_arrays(flow: Flow, prefix: str) -> dict[str, NDArray[np.float32 | np.int64 | np.float64]]:
    """Return a flow as named arrays, for a file."""
    arrays: dict[str, NDArray[np.float32 | np.int64 | np.float64]] = {
        f"{prefix}order": flow.order,
        f"{prefix}spread": np.array(flow.spread),
    }
    for name, layers in _named(flow):
        for k, (weight, bias) in enumerate(layers):
            arrays[f"{prefix}{name}.{k}.weight"] = weight.astype(np.float32)
            arrays[f"{prefix}{name}.{k}.bias"] = bias.astype(np.float32)
    return arrays


def from_arrays(arrays: Mapping[str, NDArray[np.float64]], prefix: str) -> Flow:
    """Return the flow that `to_arrays` took apart."""
    order = arrays[f"{prefix}order"].astype(np.int64)

    def layers(name: str) -> Layers:
        found: list[tuple[Matrix, Matrix]] = []
        while (key := f"{prefix}{name}.{len(found)}.weight") in arrays:
            bias = arrays[key.replace("weight", "bias")]
            found.append((arrays[key].astype(float), bias.astype(float)))
        return tuple(found)

    transforms = tuple(layers(f"transform{k}") for k in range(len(order)))
    return Flow(layers("embedding"), transforms, order, float(arrays[f"{prefix}spread"]))


def _named(flow: Flow) -> list[tuple[str, Layers]]:
    transforms = [(f"transform{k}", layers) for k, layers in enumerate(flow.transforms)]
    return [("embedding", flow.embedding), *transforms]
