"""Whether what an ICP asks for exists: a code or place that no company has is named, with the nearest in use.

A search by such a code would answer with nothing, and nobody would know why.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property, lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from enrich.catalogue import sources_not_loaded
from enrich.errors import ConfigInvalid
from enrich.gate import Readers
from enrich.icp.asks import NearAsk
from enrich.icp.centres import find_centres, find_named_divisions, known_names, number_of
from enrich.icp.correspondence import CodesInOrder, Correspondence, Correspondences, bare_code
from enrich.icp.countries import countries_asked, countries_of
from enrich.icp.earlier_numbers import SCHEME, SOURCE
from enrich.icp.fit import known_correspondences
from enrich.icp.gazetteer import read_divisions
from enrich.icp.industry_codes import list_prefixes
from enrich.icp.industry_lists import nace_lists
from enrich.icp.model import Criteria, Icp, Territory, read_money_range
from enrich.icp.money import known_currencies
from enrich.icp.places import counties_in, find_counties, find_municipalities, fold_name, numbers_in, read_places
from enrich.lacking import read_loaded
from sources.kinds.technologies import traces

NORWEGIAN_DIGITS = 4
"""Of a municipality's number."""

NEAREST = 3
"""So many codes in use are suggested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeInUse:
    """A code that a company has, of the list `scheme` (regions and municipalities: of the country)."""

    kind: str
    scheme: str | None
    code: str
    title: str | None

    @property
    def label(self) -> str:
        """The code with its title, where it has one."""
        return f"{self.code} {self.title}" if self.title is not None else self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something asked for that no company has: where it stands, what it says, and the nearest in use."""

    place: str
    value: str
    message: str
    nearest: tuple[str, ...]

    def __str__(self) -> str:
        near = f"; the nearest in use: {'; '.join(self.nearest)}" if self.nearest else ""
        return f"{self.place}: {self.message}{near}"


class CodesInUse:
    """The codes in use of one criterion, made once and asked often: a row a code, of columns scheme, code and title."""

    def __init__(self, kind: str, rows: pa.Table | None = None) -> None:
        self._kind = kind
        columns = ("scheme", "code", "title")
        self._rows = [rows[name].to_pylist() for name in columns] if rows is not None else [[], [], []]

    def __iter__(self) -> Iterator[CodeInUse]:
        for scheme, code, title in zip(*self._rows, strict=True):
            yield CodeInUse(kind=self._kind, scheme=scheme, code=code, title=title)

    @cached_property
    def bare(self) -> CodesInOrder:
        """The codes without points, in order."""
        return CodesInOrder(bare_code(code) for code in self._rows[1])

    @cached_property
    def upper(self) -> frozenset[str]:
        """The codes in capitals."""
        return frozenset(code.upper() for code in self._rows[1])

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The codes as they are."""
        return frozenset(self._rows[1])

    @cached_property
    def spelt(self) -> frozenset[str]:
        """The codes and titles, folded."""
        return frozenset(fold_name(said) for one in self for said in (one.code, one.title or ""))


Vocabulary = Mapping[str, CodesInUse]
"""Codes in use by the criterion that asks for them."""

_NONE = CodesInUse("")


def read_vocabulary(readers: Readers, icp: Icp, territories: Mapping[str, Territory]) -> Vocabulary:
    """The codes in use of those criteria that the ICP asks for."""
    return _read_codes(readers, _parts("", icp, territories))


def _read_codes(readers: Readers, parts: Iterable[tuple[str, Criteria]]) -> Vocabulary:
    kinds = {name for _, criteria in parts for name in criteria.asked() if name in _IN_USE}
    if "region" in kinds:
        kinds.add("municipality")  # numbers of 2020-2023 lie in counties of today
    if "municipality" in kinds:
        kinds.add(_EARLIER)
    return {kind: readers.once(_codes_in_use, kind) for kind in kinds}


def _codes_in_use(readers: Readers, kind: str) -> CodesInUse:
    if kind == _EARLIER:
        return _read_earlier(readers)
    return CodesInUse(kind, readers.warehouse.table("search/codes_in_use", kind=kind))


_EARLIER = "earlier_municipality"
"""Numbers of before 2020, which no company has, with those of today as titles."""


def _read_earlier(readers: Readers) -> CodesInUse:
    is_known = "mart.correspondence" in readers.relations  # not in a file of before there were any
    rows = readers.warehouse.table("search/correspondences") if is_known else None
    if rows is None:
        return CodesInUse(_EARLIER)
    names = {"old_scheme": "scheme", "old_code": "code", "new_code": "title"}
    earlier = rows.filter(pc.starts_with(rows["old_scheme"], SCHEME)).select(list(names))
    return CodesInUse(_EARLIER, earlier.rename_columns(list(names.values())))


def check_icp(
    icp: Icp,
    name: str,
    territories: Mapping[str, Territory],
    vocabulary: Vocabulary,
    *,
    mappings: Iterable[Correspondence] | None = None,
    loaded: Collection[str] | None = None,
    home: str | None = None,
) -> list[Problem]:
    """Everything that the ICP, or a territory it names, asks for and no company has.

    A number of four digits is Norwegian where Norway alone is demanded, or is `home` and no other country is asked.

    Where no source is among those `loaded` (null: not known) that states it of the country asked, those that do are named.

    `mappings` are the correspondences of industry code lists, those of all registers where left out: a code of a list
    that was replaced is in use where its successor is.
    """
    parts = _parts(f"icp.{name}", icp, territories)
    return _check_parts(parts, vocabulary, mappings, loaded, countries_asked(icp, territories), home)


def check_territories(
    readers: Readers, territories: Mapping[str, Territory], *, home: str | None = None
) -> list[Problem]:
    """Everything that territories ask for and no company has: all of them decide whose a company is, named by an ICP or not."""
    parts = list(_territory_parts(territories))
    return _check_parts(parts, _read_codes(readers, parts), None, read_loaded(readers), (), home)


def _check_parts(
    parts: Iterable[tuple[str, Criteria]],
    vocabulary: Vocabulary,
    mappings: Iterable[Correspondence] | None,
    loaded: Collection[str] | None,
    countries: Sequence[str],
    home: str | None,
) -> list[Problem]:
    rows = known_correspondences() if mappings is None else Correspondences.of(mappings)
    return [
        problem
        for place, criteria in parts
        for problem in _check_part(place, criteria, vocabulary, rows, loaded, countries, home)
    ]


def find_asked_in_vain(
    readers: Readers, icps: Mapping[str, Icp], territories: Mapping[str, Territory], *, home: str | None = None
) -> list[Problem]:
    """Everything that any of these descriptions and territories asks for and no company has, each once."""
    of_icps = (
        problem
        for name, icp in icps.items()
        for problem in check_icp(
            icp, name, territories, read_vocabulary(readers, icp, territories), loaded=read_loaded(readers), home=home
        )
    )
    return list(dict.fromkeys([*of_icps, *check_territories(readers, territories, home=home)]))


def refuse_unknown(
    readers: Readers,
    icp: Icp,
    name: str,
    territories: Mapping[str, Territory],
    *,
    place: str,
    home: str | None,
) -> None:
    """Raise `ConfigInvalid` where the ICP asks for a code or place that no company has."""
    problems = check_icp(
        icp, name, territories, read_vocabulary(readers, icp, territories), loaded=read_loaded(readers), home=home
    )
    if problems:
        raise ConfigInvalid([str(problem) for problem in problems], place=place)


def refuse_unknown_territories(readers: Readers, territories: Mapping[str, Territory], *, home: str | None) -> None:
    """Raise `ConfigInvalid` where a territory asks for a code or place that no company has."""
    problems = check_territories(readers, territories, home=home)
    if problems:
        raise ConfigInvalid([str(problem) for problem in problems], place="The section [territory]")


def _parts(place: str, icp: Icp, territories: Mapping[str, Territory]) -> Iterator[tuple[str, Criteria]]:
    parts = [(f"{place}.must", icp.must), (f"{place}.must_not", icp.must_not)]
    parts += [(f"{place}.should[{index}]", wish) for index, wish in enumerate(icp.should)]
    yield from parts
    named = sorted({name for _, criteria in parts for name in criteria.territory})
    yield from _territory_parts({name: territories[name] for name in named})


def _territory_parts(territories: Mapping[str, Territory]) -> Iterator[tuple[str, Criteria]]:
    return ((f"territory.{name}", territory.criteria()) for name, territory in territories.items())


def _check_part(
    place: str,
    criteria: Criteria,
    vocabulary: Vocabulary,
    mappings: Correspondences,
    loaded: Collection[str] | None,
    countries: Sequence[str],
    home: str | None,
) -> Iterator[Problem]:
    if criteria.revenue is not None:
        currency, rated = read_money_range(criteria.revenue)[2], known_currencies()
        if currency not in rated:
            message = f"there are no rates of the currency {currency!r}"
            near = tuple(get_close_matches(currency, sorted(rated), n=NEAREST, cutoff=0.5))
            yield Problem(place=f"{place}.revenue", value=criteria.revenue, message=message, nearest=near)
    if criteria.near is not None:
        yield from _check_place(f"{place}.near", criteria.near)
    for product in criteria.technology:
        if product not in (known := known_products()):
            near = tuple(get_close_matches(product, known, n=NEAREST, cutoff=0.5))
            message = f"no site is ever recognised as made with {product!r}"
            yield Problem(place=f"{place}.technology", value=product, message=message, nearest=near)
    for name in criteria.asked():
        if name not in _IN_USE:
            continue
        codes = vocabulary.get(name, _NONE)
        if name == "industry":
            codes = _with_predecessors(codes, criteria.industry_scheme, mappings)
        for value in getattr(criteria, name):
            is_norwegian = name == "municipality" and _is_norwegian(value, criteria, countries, home, vocabulary)
            is_in_use = _is_in_norway if is_norwegian else _IN_USE[name]
            if not is_in_use(value, codes, vocabulary):
                moved = _say_municipality(value) if name == "region" else None
                if is_norwegian or (name == "municipality" and _may_be_norwegian(value, criteria, countries)):
                    moved = _say_old_number(value, vocabulary)
                moved = moved or _say_not_loaded(name, value, criteria, criteria.country or countries, loaded)
                yield Problem(
                    place=f"{place}.{name}",
                    value=value,
                    message=moved
                    or f"no company has the {name.replace('_', ' ')} {value!r}"
                    + _list_name(criteria, name)
                    + (_other_list(criteria, value, vocabulary) if name == "industry" else ""),
                    nearest=() if moved else _nearest(name, value, (*codes, *vocabulary.get("municipality", _NONE))),
                )


def _check_place(place: str, asked: NearAsk) -> Iterator[Problem]:
    found = find_centres(asked.place, asked.country)
    if not found:
        near = tuple(get_close_matches(asked.place.title(), known_names(), n=NEAREST, cutoff=0.6))
        where = "" if asked.country is None else f" in {asked.country}"
        message = f"there is no town or municipality {asked.place!r}{where} whose place is known"
        yield Problem(place=place, value=asked.place, message=message, nearest=near)
    elif len(found) > 1:
        told = "; ".join(
            f"{each.name} ({each.country}{f' {each.region}' if each.region else ''})" for each in found[:NEAREST]
        )
        message = (
            f"there are several places {asked.place!r}: {told}; write country as well, or the municipality's number"
        )
        yield Problem(place=place, value=asked.place, message=message, nearest=())


@cache
def known_products() -> tuple[str, ...]:
    """The products whose traces on a site are known, in lower case."""
    return tuple(sorted({name.lower() for name, *_ in traces()}))


@lru_cache(maxsize=16)  # thousands of pairs, which change with a publication only
def _with_predecessors(codes: CodesInUse, scheme: str | None, mappings: Correspondences) -> CodesInUse:
    # a correspondence may be coarser than the codes of companies: 62.10 for 62.100
    used = {(one.scheme, one.code[:length]) for one in codes for length in range(2, len(one.code) + 1)}
    linked = [
        (old_scheme, old, None)
        for old_scheme, old, new_scheme, new in (*mappings, *((c, d, a, b) for a, b, c, d in mappings))
        if (new_scheme, new) in used and (old_scheme, old) not in used
    ]
    found = [
        row for row in (*((one.scheme, one.code, one.title) for one in codes), *linked) if _is_asked(row[0], scheme)
    ]
    names = ("scheme", "code", "title")
    return CodesInUse(
        "industry",
        pa.table({name: pa.array([row[place] for row in found], pa.string()) for place, name in enumerate(names)}),
    )


def _is_asked(of_code: str | None, scheme: str | None) -> bool:
    """Whether codes of a list are asked where `scheme` is; without it those of NACE's lists, and those without a list."""
    return of_code == scheme or (scheme is None and of_code in nace_lists())


def _other_list(criteria: Criteria, value: str, vocabulary: Vocabulary) -> str:
    """In which list that was not asked companies have the code, and what to write then."""
    listed = {
        one.scheme for one in vocabulary.get("industry", _NONE) if bare_code(one.code).startswith(bare_code(value))
    }
    others = sorted(each for each in listed if each is not None and not _is_asked(each, criteria.industry_scheme))
    if not others:
        return ""
    return f'; in the list {others[0]} one has: write industry_scheme = "{others[0]}" to ask there'


def _say_municipality(value: str) -> str | None:
    """What to write instead where a municipality was asked for as a region; null where it is none."""
    return f'{value!r} is a municipality: write municipality = ["{value}"]' if find_municipalities(value) else None


def _is_old_number(value: str) -> bool:
    return len(value) == NORWEGIAN_DIGITS and value.isdecimal() and not find_municipalities(value)


def _may_be_norwegian(value: str, criteria: Criteria, countries: Sequence[str]) -> bool:
    """Whether a number may be a Norwegian municipality's of before 2020 as well as anything else that nobody knows."""
    return _is_old_number(value) and not (criteria.country or countries or countries_of("municipality", value))


def _is_norwegian(
    value: str, criteria: Criteria, countries: Sequence[str], home: str | None, vocabulary: Vocabulary
) -> bool:
    """Whether a number is meant of a Norwegian municipality of before 2020, whoever else has it."""
    if not _is_old_number(value):
        return False
    if asked := {country.upper() for country in criteria.country or countries}:
        return asked == {"NO"}
    # 21 and more were no counties of Norway; and where the list is known, what is not on it was never a number there
    earlier = vocabulary.get(_EARLIER, _NONE).numbers
    may_be = value in earlier if earlier else value[:2] <= _LAST_COUNTY
    lie_in = [countries_of("region", one) for one in criteria.region]
    lie_in += [countries_of("municipality", one) for one in criteria.municipality if not one.isdecimal()]
    return home == "NO" and may_be and all("NO" in found for found in lie_in if found)


_LAST_COUNTY = "20"
"""Finnmark, the last of the counties in which numbers of before 2020 lay, but for Trøndelag's 50, which has them still."""


def _is_in_norway(value: str, codes: CodesInUse, vocabulary: Vocabulary) -> bool:
    """Whether a Norwegian company has the number itself, or one that it became; whoever has it elsewhere is not meant."""
    inside = numbers_in(_became(value, vocabulary))
    return not {*inside.inside, *inside.astride, value}.isdisjoint(one.code for one in codes if one.scheme == "NO")


def _became(value: str, vocabulary: Vocabulary) -> set[str]:
    """Today's numbers of what had the number before 2020; none where no list that is loaded has it."""
    return {one.title or "" for one in vocabulary.get(_EARLIER, _NONE) if one.code == value}


def _say_old_number(value: str, vocabulary: Vocabulary) -> str:
    """That nobody has the number of a Norwegian municipality of before 2020, and how to have it known."""
    if became := sorted(_became(value, vocabulary)):
        return f"no company has the municipality {value!r} of before 2020, nor is one in {' or '.join(became)}, which it became"
    load = "" if vocabulary.get(_EARLIER, _NONE).numbers else f", or have it looked up: `prospekt refresh {SOURCE}`"
    abroad = "; if another country's is meant, write country" if countries_of("municipality", value) else ""
    return f"no company has the municipality {value!r}, nor has any list since 2020: of an older number write the name{load}{abroad}"


def _say_not_loaded(
    name: str, value: str, criteria: Criteria, countries: Sequence[str], loaded: Collection[str] | None
) -> str | None:
    """That the code is of a country of which no source that states it is loaded; null where one is."""
    if loaded is None:
        return None
    lacking = sources_not_loaded(name, countries_of(name, value) or countries, loaded)
    if not lacking:
        return None
    stated = "; ".join(
        f"of {country} {' and '.join(names)} {'states' if len(names) == 1 else 'state'} it, not loaded yet "
        f"(`prospekt refresh {' '.join(names)}`)"
        for country, names in lacking.items()
    )
    return f"no company has the {name.replace('_', ' ')} {value!r}{_list_name(criteria, name)}: {stated}"


def _list_name(criteria: Criteria, name: str) -> str:
    return f" in the list {criteria.industry_scheme}" if name == "industry" and criteria.industry_scheme else ""


def _begins_one(value: str, codes: CodesInUse, _vocabulary: Vocabulary) -> bool:
    return codes.bare.has_kin(bare_code(value))


def _is_industry(value: str, codes: CodesInUse, _vocabulary: Vocabulary) -> bool:
    return any(codes.bare.has_kin(prefix) for prefix in list_prefixes(value))


def _is_one(value: str, codes: CodesInUse, _vocabulary: Vocabulary) -> bool:
    return value.upper() in codes.upper


def _is_region(value: str, codes: CodesInUse, vocabulary: Vocabulary) -> bool:
    if any(number_of(each) in codes.numbers for each in find_named_divisions(value, "region")):
        return True
    counties = find_counties(value)
    if not counties:
        return value.upper() in codes.upper
    known, inside = counties_in(counties), numbers_in(counties)
    numbers = {*known.inside, *known.astride}
    if any(one.scheme == "NO" and one.code[-2:] in numbers for one in codes):
        return True
    numbers = {*inside.inside, *inside.astride}
    return any(one.scheme == "NO" and one.code in numbers for one in vocabulary.get("municipality", _NONE))


def _is_municipality(value: str, codes: CodesInUse, vocabulary: Vocabulary) -> bool:
    inside = numbers_in(find_municipalities(value) or _became(value, vocabulary))
    numbers = {*inside.inside, *inside.astride, value}
    numbers |= {number_of(each) for each in find_named_divisions(value, "municipality")}
    return not numbers.isdisjoint(codes.numbers) or fold_name(value) in codes.spelt


_IN_USE: Mapping[str, Callable[[str, CodesInUse, Vocabulary], bool]] = {
    "country": _is_one,
    "region": _is_region,
    "municipality": _is_municipality,
    "postal_prefix": _begins_one,
    "industry": _is_industry,
    "legal_form": _is_one,
    "sector": _begins_one,
}


def _nearest(name: str, value: str, codes: Sequence[CodeInUse]) -> tuple[str, ...]:
    """The codes in use that begin as the value does, for as long as one does; else those spelt most like it, or whose titles are."""
    if name in _ORDERED and (kin := _nearest_kin(bare_code(value), [one for one in codes if one.kind == name])):
        return kin
    spelt: dict[str, str] = {}
    for one in codes:
        if one.kind != name:  # a municipality is asked of to know the counties in use, and is no region
            continue
        spelt.setdefault(fold_name(one.code), one.label)
        if one.title is not None:
            spelt.setdefault(fold_name(one.title), one.label)
    if name == "region":
        used = {number for one in codes if one.scheme == "NO" for number in (one.code[:2], one.code[-2:])}
        for county in read_places():
            if county.number in used and len(county.number) == 2:
                spelt |= {fold_name(each): f"{county.number} {county.names[0]}" for each in county.names}
                spelt[county.number] = f"{county.number} {county.names[0]}"
    if name in ("region", "municipality"):
        used = {one.code for one in codes if one.kind == name}
        for each in read_divisions():
            if each.level == name and number_of(each) in used:
                spelt |= {fold_name(one): f"{number_of(each)} {each.name}" for one in each.names}
    near = get_close_matches(fold_name(value), spelt, n=NEAREST, cutoff=0.5)
    return tuple(dict.fromkeys(spelt[key] for key in near))


_ORDERED = ("industry", "postal_prefix", "sector")
"""Criteria whose codes say by their first digits what they are akin to."""


def _nearest_kin(value: str, codes: Sequence[CodeInUse]) -> tuple[str, ...]:
    """The codes in use that share the most of the value's first digits, two at least."""
    for length in range(len(value) - 1, 1, -1):
        kin = dict.fromkeys(one.label for one in codes if bare_code(one.code).startswith(value[:length]))
        if kin:
            return tuple(sorted(kin)[:NEAREST])
    return ()
