"""A search for each owner apart: the best of every one's companies, so that each has a list to work from."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from enrich.config import Config
from enrich.engine.gather import UNASSIGNED
from enrich.errors import InputInvalid
from enrich.gate import Readers
from enrich.icp.vocabulary import refuse_unknown_territories
from enrich.search import FindAnswer, find


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerPage:
    """One owner and the best of what is theirs, by the CRM or by their territory."""

    owner: str
    answer: FindAnswer


def find_by_owner(
    readers: Readers,
    config: Config,
    icp_name: str | None = None,
    *,
    text: str | None = None,
    words: str | None = None,
    limit: int | None = 20,
    include: Collection[str] = frozenset(),
    why_include: str | None = None,
) -> tuple[OwnerPage, ...]:
    """The `limit` best companies of each owner who has any, by name, those of nobody last; raises what `find` raises."""
    refuse_unknown_territories(readers, config.territory, home=config.crm.country)
    owners = readers.warehouse.rows("search/owners" if readers.has_people else "search/no_owners")
    pages = [
        OwnerPage(
            owner=label,
            answer=find(
                readers,
                config,
                icp_name,
                text=text,
                words=words,
                limit=limit,
                owner=asked,
                include=include,
                why_include=why_include,
            ),
        )
        for label, asked in (
            *owners_to_ask(owners, [territory.owner for territory in config.territory.values()]),
            (UNASSIGNED, UNASSIGNED),
        )
    ]
    return tuple(page for page in pages if page.answer.companies)


def owners_to_ask(owners: Iterable[Mapping[str, object]], territory_owners: Iterable[str]) -> list[tuple[str, str]]:
    """Each owner once, by label: how a search has to name them so that it finds what is theirs by the CRM and by territory.

    Raises `InputInvalid` where territories name one owner in two ways: no name finds both.

    >>> owners_to_ask([{"owner_id": "1", "name": "Kari", "email": "kari@x.example"}], ["kari@x.example", "Ola"])
    [('Kari', 'kari@x.example'), ('Ola', 'Ola')]
    """
    spelt = {owner.lower(): owner for owner in territory_owners}
    found = list(_of_crm(owners, spelt))
    taken = {asked.lower() for _, asked in found}
    found += [(owner, owner) for lower, owner in spelt.items() if lower not in taken]
    return sorted(dict.fromkeys(found), key=lambda pair: (pair[0].lower(), pair[1]))


def _of_crm(owners: Iterable[Mapping[str, object]], spelt: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for owner in owners:
        names = [str(owner[key]) for key in ("name", "email", "owner_id") if owner[key] is not None]
        by_territory = [spelt[name.lower()] for name in names if name.lower() in spelt]
        if len(by_territory) > 1:
            raise InputInvalid(
                f"Territories name one owner as {' and as '.join(map(repr, by_territory))}: write one of these in all of them."
            )
        # an e-mail address is one owner's; a name may be two's
        yield names[0], by_territory[0] if by_territory else str(owner["email"] or names[0])
