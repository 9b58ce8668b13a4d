"""Deals of the CRM that were won or lost, with the companies that they were matched to; no name and no owner."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from enrich.errors import InputInvalid
from enrich.gate import Readers


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One deal and one company of it; `closed_date` is null where the CRM states none."""

    crm_id: str
    company_id: str
    is_won: bool
    closed_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedDeals:
    """All deals that were won or lost; `unmatched` more belong to no published company."""

    deals: tuple[Deal, ...]
    unmatched: int

    @property
    def won_companies(self) -> tuple[str, ...]:
        """The companies with a deal that was won, each once, by date."""
        return tuple(dict.fromkeys(deal.company_id for deal in self.deals if deal.is_won))


def read_ended_deals(readers: Readers) -> EndedDeals:
    """The deals that were won or lost; raises `InputInvalid` where the files are of before deals were published."""
    if not readers.has_people or "people.mart.deal" not in readers.relations:
        raise InputInvalid("The published files are of before deals were in them: run `prospekt publish` first.")
    rows = readers.warehouse.rows("search/deals")
    deals = tuple(
        Deal(
            crm_id=str(row["crm_id"]),
            company_id=str(row["company_id"]),
            is_won=row["stage"] == "won",
            closed_date=row["closed_date"] if isinstance(row["closed_date"], date) else None,
        )
        for row in rows
        if row["company_id"] is not None
    )
    return EndedDeals(deals=deals, unmatched=_count(rows) - _count([{"crm_id": one.crm_id} for one in deals]))


def _count(rows: Iterable[dict[str, object]]) -> int:
    return len({row["crm_id"] for row in rows})
