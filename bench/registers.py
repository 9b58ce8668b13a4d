"""Draws three registers' views of one truth: Norway's register, GLEIF and Wikidata, with the faults that real ones have.

Which record is which true entity is told apart (`Views.truth`). A foreign company and its Norwegian branch are two
entities. Two LEIs, or two items, of one company are one entity.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bench.companies import Row, brand, numbers_of, pick
from bench.gleif import FOREIGN_AUTHORITY, draw_lei, fill_record, group_digits, misspell
from bench.wikidata import draw_item
from bench.words import Place, Pools, build_pools

RELATIONSHIP = (
    "Relationship.StartNode.NodeID",
    "Relationship.StartNode.NodeIDType",
    "Relationship.EndNode.NodeID",
    "Relationship.EndNode.NodeIDType",
    "Relationship.RelationshipType",
    "Relationship.RelationshipStatus",
)
TRUTH = ("record_id", "entity")
"""Columns of the file of truth: a source's record, and the entity that it is about."""
WITH_LEI = frozenset({"AS", "ASA", "NUF", "STI", "SA"})
ABROAD = (
    ("GB", "LTD", "RA000585", "LONDON", "EC1A 1BB"),
    ("SE", "AB", FOREIGN_AUTHORITY, "STOCKHOLM", "111 22"),
    ("DK", "APS", "RA000170", "KØBENHAVN", "1050"),
    ("FI", "OY", "RA000188", "HELSINKI", "00100"),
)
BRANCH_NAMES = ("{}", "{} NUF", "{} NORWEGIAN BRANCH", "{} FILIAL NORGE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How common each thing is, 0-1; all are assumptions but wrong numbers, authorities and grouping, which GLEIF shows."""

    lei: float = 0.25
    """Limited companies and foundations that have an LEI."""
    item: float = 0.15
    """The same, that have an item of Wikidata."""
    grouped: float = 0.6
    """Numbers written as "923 609 016"."""
    wrong_authority: float = 0.03
    wrong_number: float = 0.02
    """Numbers that are not the company's: half misspelt, half another company's."""
    missing_number: float = 0.05
    """LEI records without any national number."""
    item_number: float = 0.6
    """Items that state the national number."""
    item_lei: float = 0.5
    """Items that state the LEI, where there is one."""
    renamed: float = 0.06
    """Companies that had another name; an LEI record or item still goes by it in every third case, else tells it."""
    moved: float = 0.05
    """Companies whose LEI record or item still has the former seat."""
    dead: float = 0.03
    """Companies that the Norwegian register has no more, the others still do."""
    successor: float = 0.2
    """Dead companies whose name another company bears since."""
    head_office: float = 0.5
    """Branches of foreign companies whose head office has an LEI."""
    branch_lei: float = 0.3
    """Branches of foreign companies with an LEI of their own."""
    second_lei: float = 0.01
    second_item: float = 0.02
    namesake: float = 0.01
    """Companies that share their name with an item about somebody else, abroad or long dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """Rows of each register, rows of GLEIF's relationships, and (record id, entity) of every record."""

    norway: list[Row] = field(default_factory=list)
    gleif: list[Row] = field(default_factory=list)
    relationships: list[Row] = field(default_factory=list)
    wikidata: list[Row] = field(default_factory=list)
    truth: list[tuple[str, str]] = field(default_factory=list)


def draw_views(seed: int, chunk: int, companies: Sequence[Row], rates: Rates) -> Views:
    """What the three registers have of a chunk of companies."""
    spare = list(numbers_of(chunk))[len(companies) :]
    drawing = _Drawing(random.Random(f"{seed}:registers:{chunk}"), build_pools(), rates, companies, spare, chunk)
    for company in companies:
        drawing.draw(company)
    return drawing.views


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What a register other than the national one may know of an entity, perhaps out of date."""

    entity: str
    row: Row
    former_name: str | None
    former_place: Place | None
    country: str = "NO"
    authority: str = "RA000472"
    number: str = ""
    category: str = "GENERAL"
    is_dead: bool = False


@dataclass(slots=True)
class _Drawing:
    rng: random.Random
    pools: Pools
    rates: Rates
    companies: Sequence[Row]
    spare: list[str]
    chunk: int
    views: Views = field(default_factory=Views)
    items: int = 0

    def happens(self, share: float) -> bool:
        return self.rng.random() < share

    def draw(self, company: Row) -> None:
        row, number = dict(company), company["organisasjonsnummer"]
        form, rates = row["organisasjonsform.kode"], self.rates
        if form not in WITH_LEI:
            self._norwegian(row)
            return
        known = _Known(
            entity=f"NO:{number}",
            row=row,
            former_name=self._former_name(row) if self.happens(rates.renamed) else None,
            former_place=self._place() if self.happens(rates.moved) else None,
            number=number,
        )
        if form == "NUF":
            self._branch(known)
            return
        if self.happens(rates.dead):
            known = replace(known, is_dead=True)
            if self.spare and self.happens(rates.successor):
                self._norwegian(self._successor(row))
        else:
            self._norwegian(row)
        self._abroad(known, lei=self.happens(rates.lei), item=self.happens(rates.item))
        if self.happens(rates.namesake):
            self._namesake(row)

    def _norwegian(self, row: Row) -> None:
        self.views.norway.append(row)
        number = row["organisasjonsnummer"]
        self.views.truth.append((f"no_brreg:{number}", f"NO:{number}"))

    def _abroad(self, known: _Known, *, lei: bool, item: bool) -> str:
        """The LEI record and the item of an entity, where it has them; gives the LEI."""
        its_lei = self._lei(known) if lei else ""
        if lei and self.happens(self.rates.second_lei):
            self._lei(known, registration="DUPLICATE")
        for _ in range((1 + self.happens(self.rates.second_item)) if item else 0):
            self._item(known, its_lei)
        return its_lei

    def _lei(self, known: _Known, *, registration: str = "") -> str:
        rng, rates = self.rng, self.rates
        number, authority = known.number, known.authority
        if self.happens(rates.missing_number):
            number, authority = "", "RA999999"
        elif self.happens(rates.wrong_number):
            number = misspell(number) if known.country != "NO" else self._wrong(number)
        if known.country == "NO" and number:
            if self.happens(rates.wrong_authority):
                authority = FOREIGN_AUTHORITY
            number = group_digits(number) if self.happens(rates.grouped) else number
        name, place = self._as_seen(known)
        row = fill_record(
            lei=draw_lei(rng),
            name=name,
            street=known.row["forretningsadresse.adresse"].split("\n")[-1],
            city=place.city,
            postal_code=place.postal_code,
            authority=authority,
            number=number,
            legal_form="YI42" if known.row["organisasjonsform.kode"] == "AS" else "8888",
            created=known.row.get("stiftelsesdato") or known.row["registreringsdatoenhetsregisteret"],
            registration=registration or ("LAPSED" if known.is_dead or self.happens(0.25) else "ISSUED"),
            updated=f"2026-{rng.randrange(1, 8):02d}-{rng.randrange(1, 29):02d}T10:00:00Z",
            country=known.country,
            category=known.category,
            # GLEIF goes on calling many dead companies active
            status="INACTIVE" if known.is_dead and self.happens(0.7) else "ACTIVE",
        )
        if known.former_name is not None and name != known.former_name:
            row["Entity.OtherEntityNames.OtherEntityName.1"] = known.former_name
            row["Entity.OtherEntityNames.OtherEntityName.1.type"] = "PREVIOUS_LEGAL_NAME"
        self.views.gleif.append(row)
        self.views.truth.append((f"gleif:{row['LEI']}", known.entity))
        return row["LEI"]

    def _item(self, known: _Known, lei: str) -> None:
        name, place = self._as_seen(known)
        number = known.number if known.country == "NO" and self.happens(self.rates.item_number) else ""
        if number and self.happens(self.rates.wrong_number):
            number = self._wrong(number)
        row = draw_item(
            self.rng,
            known.row | {"forretningsadresse.poststed": place.city},
            item=self._item_id(),
            name=name,
            number=group_digits(number) if number and self.happens(self.rates.grouped) else number,
            lei=lei if self.happens(self.rates.item_lei) else "",
            country=known.country,
            is_dead=known.is_dead,
        )
        if known.former_name is not None and name != known.former_name and not row["alias"]:
            row["alias"] = known.former_name.title()
        self._add_item(row, known.entity)

    def _namesake(self, row: Row) -> None:
        """An item about somebody else of that name: a company abroad, or one that is long gone."""
        country = "NO" if self.happens(0.5) else self.rng.choice(ABROAD)[0]
        other = {
            "forretningsadresse.poststed": self._place().city,
            "hjemmeside": f"{brand(self.rng, self.pools).lower()}.example",
            "stiftelsesdato": f"19{self.rng.randrange(10, 80)}-01-01",
        }
        item = self._item_id()
        is_dead = country == "NO"
        drawn = draw_item(
            self.rng, other, item=item, name=row["navn"], number="", lei="", country=country, is_dead=is_dead
        )
        self._add_item(drawn, f"WD:{item}")

    def _add_item(self, row: Row, entity: str) -> None:
        self.views.wikidata.append(row)
        self.views.truth.append((f"wikidata:{row['item']}", entity))

    def _branch(self, known: _Known) -> None:
        """A Norwegian branch, and the foreign company that it belongs to."""
        row, rng = known.row, self.rng
        country, form, authority, city, postal_code = rng.choice(ABROAD)
        name = row["navn"].removesuffix(" NUF")
        row["navn"] = rng.choice(BRANCH_NAMES).format(f"{name} {form}")
        number = _foreign_number(rng, country)
        row["underlagtLovgivningLandKode"], row["registreringsnummerIHjemlandet"] = country, number
        self._norwegian(row)
        home = ""
        if self.happens(self.rates.head_office):
            office = dict(row) | {"navn": f"{name} {form}", "forretningsadresse.adresse": "1 High Street"}
            office |= {"forretningsadresse.poststed": city, "forretningsadresse.postnummer": postal_code}
            office["stiftelsesdato"] = f"19{rng.randrange(50, 99)}-05-02"
            home = self._abroad(
                _Known(
                    entity=f"{country}:{number}",
                    row=office,
                    former_name=None,
                    former_place=None,
                    country=country,
                    authority=authority,
                    number=number,
                ),
                lei=True,
                item=self.happens(self.rates.item),
            )
        if self.happens(self.rates.branch_lei):
            category = "BRANCH" if self.happens(0.7) else "GENERAL"
            branch = self._lei(replace(known, category=category))
            if home:
                self.views.relationships.append(
                    dict(
                        zip(
                            RELATIONSHIP,
                            (branch, "LEI", home, "LEI", "IS_INTERNATIONAL_BRANCH_OF", "ACTIVE"),
                            strict=True,
                        )
                    )
                )

    def _successor(self, row: Row) -> Row:
        """Another company that took the dead one's name, as often as not at its address."""
        later = row | {"organisasjonsnummer": self.spare.pop(), "stiftelsesdato": "2025-03-01"}
        later["registreringsdatoenhetsregisteret"] = "2025-03-10"
        if self.happens(0.5):
            place = self._place()
            later |= {"forretningsadresse.poststed": place.city, "forretningsadresse.postnummer": place.postal_code}
        return later

    def _former_name(self, row: Row) -> str:
        form, ending = row["organisasjonsform.kode"], pick(self.rng, self.pools.endings)
        stem = row["navn"].split()[0] if self.happens(0.3) else brand(self.rng, self.pools)
        return f"{stem} {ending} {form}".upper()

    def _as_seen(self, known: _Known) -> tuple[str, Place]:
        """Name and place as a register has them that may lag behind."""
        now = Place(
            postal_code=known.row["forretningsadresse.postnummer"],
            city=known.row["forretningsadresse.poststed"],
            municipality_code="",
            municipality="",
        )
        is_behind = known.former_name is not None and self.happens(1 / 3)
        return known.former_name if is_behind and known.former_name else known.row["navn"], known.former_place or now

    def _wrong(self, number: str) -> str:
        """A misspelt number, or that of another company."""
        return misspell(number) if self.happens(0.5) else self.rng.choice(self.companies)["organisasjonsnummer"]

    def _place(self) -> Place:
        towns = self.rng.choices(self.pools.places, cum_weights=self.pools.place_weights)[0]
        return self.rng.choice(towns)

    def _item_id(self) -> str:
        self.items += 1
        return f"Q{(self.chunk + 1) * 1_000_000 + self.items}"


def _foreign_number(rng: random.Random, country: str) -> str:
    """A number as that country's companies have: of the right shape."""
    if country == "SE":
        return f"55{rng.randrange(60, 99)}{rng.randrange(100_000, 1_000_000)}"
    if country == "FI":
        return f"{rng.randrange(1_000_000, 9_999_999)}-{rng.randrange(10)}"
    return str(rng.randrange(10_000_000, 99_999_999))
