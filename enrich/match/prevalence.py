"""How many of a list's rows are in the other list at all, estimated from the list itself.

A model states what is true of lists like those it was fitted to, of whose rows a share (`Model.present`) had their company
among the candidates. Of a list where nearly everybody is there it says too little, of one where hardly anybody is, too
much. The share is found by expectation-maximisation, and every probability moves by the odds that it changes (Saerens,
Latinne & Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori probabilities", Neural Computation 14).
"""

from dataclasses import replace
from math import log2

import pyarrow as pa

from enrich.match.model import Model
from enrich.match.side import Bits

HELD_BY = 20.0
"""Rows of which the model's own share is worth as much as what the list says: a short list tells little of itself."""

ENOUGH = 100
"""Rows from which on a list says more of itself than the model's own share does."""

LINKS = pa.schema(
    [
        ("left_id", pa.string()),
        ("right_id", pa.string()),
        ("rank", pa.int32()),
        ("score", pa.float64()),
        ("probability", pa.float64()),
        ("evidence", pa.string()),
    ]
)
"""Links as they are written."""

AS_MODELLED = LINKS.append(pa.field("nobody", pa.float64())).append(pa.field("left_row", pa.int64()))
"""Links as the model states them, whatever the list; with the chance (0-1) that the left row is no candidate at all."""

MOST_ROWS = 1_000_000
"""Of a longer list only so many rows, evenly spread, are asked."""

_ROUNDS = 1_000
_SMALLEST_STEP = 1e-12


def estimate_present(nobody: Bits, present: float) -> float:
    """The share (0-1) of rows whose company is among their candidates, from the probability that each one's is not.

    `nobody` are those probabilities (0-1) as a model states them that was fitted where the share was `present`.

    >>> import numpy as np
    >>> round(estimate_present(np.full(1000, 0.001), 0.85), 2), round(estimate_present(np.full(1000, 0.9), 0.85), 2)
    (1.0, 0.02)
    >>> estimate_present(np.zeros(0), 0.85)
    0.85
    """
    some = nobody[:: -(-len(nobody) // MOST_ROWS) or 1]
    share = present
    for _ in range(_ROUNDS):
        odds = odds_of_share(share, present)
        somebody = float((odds * (1 - some) / (odds * (1 - some) + some)).sum())
        better = (somebody + HELD_BY * present) / (len(some) + HELD_BY)
        if abs(better - share) < _SMALLEST_STEP:
            break
        share = better
    return share


def estimate_for(nobody: Bits, model: Model) -> tuple[float, float]:
    """The share (0-1) of rows whose company is among their candidates, and by how much it changes the model's odds."""
    if model.present is None:
        raise ValueError("nobody counted how many had their company where this model was fitted")
    share = estimate_present(nobody, model.present)
    return share, odds_of_share(share, model.present)


def model_for(model: Model, present: float | None) -> Model:
    """The model as it states probabilities where the share (0-1) of rows that have a company is `present`; null = its own.

    A model that a team trained learned the share of its own CRM, and stays as it is.

    >>> round(model_for(Model(version="1", prior=-4.0, weights={}, present=0.5), 0.8).prior, 6)
    -2.0
    """
    if present is None or model.present is None:
        return model
    return replace(model, prior=model.prior + log2(odds_of_share(present, model.present)), present=present)


def odds_of_share(share: float, present: float) -> float:
    """By how much the odds of having a company are greater at one share of rows that have one than at another."""
    return share / (1 - share) * (1 - present) / present


def state_links(links: pa.Table, odds: float) -> pa.Table:
    """Links (AS_MODELLED) as LINKS, stated for a list where the odds of having a company are so many times the model's.

    >>> row = {"left_id": "a", "right_id": "b", "rank": 1, "score": 2.0, "probability": 0.8, "nobody": 0.2, "left_row": 0}
    >>> state_links(pa.Table.from_pylist([row], AS_MODELLED), 4.0).select(["score", "probability"]).to_pylist()
    [{'score': 4.0, 'probability': 0.941176}]
    """
    chances, nobody = links["probability"].to_numpy(), links["nobody"].to_numpy()
    stated = odds * chances / (odds * (1 - nobody) + nobody)
    return (
        links.set_column(3, "score", pa.array((links["score"].to_numpy() + log2(odds)).round(3)))
        .set_column(4, "probability", pa.array(stated.round(6)))
        .select(LINKS.names)
        .cast(LINKS)
    )
