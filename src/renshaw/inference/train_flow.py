"""Fitting the network with sbi and torch; what is kept of it needs neither."""

from __future__ import annotations

import copy
import importlib.util
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SettingsError
from renshaw.inference.flow import Flow, Layers
from renshaw.inference.settings import NetworkSettings

Matrix = NDArray[np.float64]
Progress = Callable[[int, int, str], None]


def fitted(
    theta: Matrix,
    seen: Matrix,
    held_out: NDArray[np.bool_],
    settings: NetworkSettings,
    seed: int,
    progress: Progress | None = None,
    what: str = "training",
) -> Flow:
    """Return the flow that best predicts the parameters of recordings it wasn't trained with.

    Parameters
    ----------
    theta : array, shape (n, parameters)
        Normal scores.
    seen : array, shape (n, inputs)
    held_out : array of bool, shape (n,)
        Recordings that decide when to stop.
    settings : NetworkSettings
    seed : int
    progress : callable, optional
    what : str
        What progress is told.
    """
    torch = _torch()
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    x = torch.as_tensor(seen, dtype=torch.float32, device=device)
    y = torch.as_tensor(theta, dtype=torch.float32, device=device)
    train, stop = (torch.as_tensor(np.flatnonzero(rows)) for rows in (~held_out, held_out))
    estimator = built(y[:64], x[:64], settings).to(device)
    optimizer = torch.optim.AdamW(
        estimator.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    plan = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        settings.learning_rate,
        total_steps=settings.epochs * -(-len(train) // settings.batch),
        pct_start=0.1,
    )
    best, kept = np.inf, copy.deepcopy(estimator.state_dict())
    for epoch in range(settings.epochs):
        estimator.train()
        for rows in torch.randperm(len(train)).split(settings.batch):
            at = train[rows]
            optimizer.zero_grad()
            loss = estimator.loss(y[at], condition=x[at]).mean()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(estimator.parameters(), 5.0)
            optimizer.step()
            plan.step()
        estimator.eval()
        with torch.no_grad():
            missed = float(estimator.loss(y[stop], condition=x[stop]).mean())
        if missed < best:
            best, kept = missed, copy.deepcopy(estimator.state_dict())
        if progress is not None:
            progress(epoch + 1, settings.epochs, f"{what}: {-missed:.3f} (best {-best:.3f})")
    estimator.load_state_dict(kept)
    return as_flow(estimator.to("cpu"))


def built(theta: Any, seen: Any, settings: NetworkSettings) -> Any:
    """Return sbi's density estimator, untrained."""
    torch = _torch()
    from sbi.neural_nets.net_builders.flow import build_zuko_maf

    widths = (seen.shape[1], *settings.embedding)
    layers: list[Any] = []
    for before, after in pairwise(widths):
        layers += [torch.nn.Linear(before, after), torch.nn.ReLU()]
        if settings.dropout > 0:
            layers.append(torch.nn.Dropout(settings.dropout))
    return build_zuko_maf(
        theta.cpu(),
        seen.cpu(),
        z_score_x="none",
        z_score_y="none",
        hidden_features=list(settings.hidden),
        num_transforms=settings.transforms,
        embedding_net=torch.nn.Sequential(*layers),
    )


def as_flow(estimator: Any) -> Flow:
    """Return a trained estimator as matrices."""
    torch = _torch()

    def layers(module: Any) -> Layers:
        found = []
        for layer in module.modules():
            if isinstance(layer, torch.nn.Linear):
                mask = getattr(layer, "mask", torch.ones(()))
                weight = (layer.weight * mask).detach().double().numpy()
                found.append((weight, layer.bias.detach().double().numpy()))
        return tuple(found)

    transforms = [each for each in estimator.net.transform.transforms if hasattr(each, "hyper")]
    order = np.array([each.order.numpy() for each in transforms])
    return Flow(
        layers(estimator.embedding_net), tuple(layers(each.hyper) for each in transforms), order
    )


def refuse_without_sbi() -> None:
    """Refuse to train where sbi or torch is missing; neither is loaded for that.

    Raises
    ------
    SettingsError
        One of them is not installed.
    """
    if not all(importlib.util.find_spec(name) for name in ("torch", "sbi")):
        raise SettingsError(
            "Training needs sbi and torch; install renshaw with them: pip install 'renshaw[infer]'."
        )


def _torch() -> Any:
    refuse_without_sbi()
    import torch

    return torch
