"""How many of the CRM's records are in the registers at all, by what their verdicts state: said, and never acted on.

`link` moves every probability by such an estimate. For the CRM it does not: one new contact would move every other one's, and
what stood yesterday would not stand today. So people set the share (`[match] present`), and are told where it is another.
"""

from dataclasses import dataclass

import numpy as np

from enrich.gate import Readers
from enrich.match.model import load_model
from enrich.match.prevalence import ENOUGH, estimate_present

APART = 0.1
"""From so much on a share is another than the one that probabilities are stated for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmShare:
    """The share (0-1) of records with candidates whose company seems to be among them; `stated_for` is that of the verdicts."""

    present: float
    stated_for: float

    @property
    def is_another(self) -> bool:
        """Whether probabilities are stated for so much another share that it is worth setting."""
        return abs(self.present - self.stated_for) >= APART


def estimate_share(readers: Readers) -> CrmShare | None:
    """The share by the published verdicts; null where there are too few, or a trained model knows the team's own."""
    model = load_model(readers.config.data)
    if model.present is None:
        return None
    stated_for = readers.config.match.present or model.present
    rows = readers.warehouse.rows("match/crm_nobody")
    if len(rows) < ENOUGH:
        return None
    nobody = np.array([float(str(row["nobody"])) for row in rows])
    return CrmShare(present=round(estimate_present(nobody, stated_for), 2), stated_for=stated_for)
