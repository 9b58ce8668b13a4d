"""Postal codes, cities and street addresses made comparable, in whatever language they are written."""

import re
from collections.abc import Sequence

from enrich.normalise.fold import MARK, fold_digraphs, fold_lines, fold_text

_COUNTRY_PREFIX = re.compile(r"^(?:N|NO|S|SE|DK|FI|FIN|D|DE|A|AT|CH|F|FR|L|LV|LT)\s*-\s*(?=\d)")
_NOT_CODE = re.compile(r"[^0-9A-Z]")
_DISTRICT = re.compile(r"\s+(?:\d+|[ckvsno]|nv|no|so|sv|cedex)$")

# A dot stands in no folded word: farm Tuv 5 is not Tuveien 5.
_GLUED = (
    ("v.", ("veien", "vegen", "vejen", "vei", "veg", "vej")),
    ("g.", ("gaten", "gatan", "gaden", "gata", "gate", "gade", "gt")),
    ("str.", ("strasse", "straat", "str")),
)
_ENDING = {ending: short for short, endings in _GLUED for ending in endings}
_GLUED_KIND = re.compile(rf"^(.*?)({'|'.join(sorted(_ENDING, key=len, reverse=True))})$")
_UNSHORTENED = re.compile(
    r"(?:katu|tie|kuja|polku|bakken|svingen|stien|ringen|alle|alleen|torget|torg|brygge|kaia|iela)$"
)
_WORDS = (
    ("st.", "street st"), ("rd.", "road rd"), ("ave.", "avenue ave av avenida avda"), ("ln.", "lane ln"), ("dr.", "drive dr"),
    ("blvd.", "boulevard blvd bvd bld bd"), ("sq.", "square sq"), ("ct.", "court ct"), ("hwy.", "highway hwy"),
    ("pkwy.", "parkway pkwy"), ("ter.", "terrace"), ("cres.", "crescent cres"), ("cl.", "close"), ("way", "way"),
    ("row", "row"), ("hill", "hill"), ("green", "green"), ("gardens", "gardens"), ("walk", "walk"), ("quay", "quay"),
    ("yard", "yard"), ("wharf", "wharf"), ("mews", "mews"), ("parade", "parade"), ("rise", "rise"), ("circle", "circle"), ("park", "park"),
    ("pl.", "place plass plassen platz plads pladsen plats platsen pl"),
    ("mnt.", "maantee mnt"), ("tn.", "tanav tn"), ("pst.", "puiestee pst"),
)  # fmt: skip
_LAST_WORD = {word: short for short, words in _WORDS for word in words.split()}
_FIRST_WORD = {
    "rue": "rue", "avenue": "ave.", "ave": "ave.", "av": "ave.", "boulevard": "blvd.", "blvd": "blvd.", "bld": "blvd.",
    "bd": "blvd.", "place": "pl.", "pl": "pl.", "route": "rte.", "rte": "rte.", "chemin": "chemin", "ch": "chemin", "allee": "allee",
    "impasse": "impasse", "quai": "quai", "cours": "cours", "square": "sq.",
}  # fmt: skip
_DIRECTIONS = frozenset({
    "n", "s", "e", "w", "ne", "nw", "se", "sw", "north", "south", "east", "west",
})  # fmt: skip
_NO_PLACE = frozenset({
    "box", "boks", "postboks", "postbox", "postbus", "postfach", "postilokero", "lokero", "pb", "pob", "bp", "cs",
    "apartado", "casilla", "gnr", "bnr",
})  # fmt: skip
"""Words of a post box, or of a plot that has no number yet."""
_WITHIN = frozenset({
    "plan", "level", "suite", "ste", "unit", "flat", "apt", "apartment", "room", "rom", "kontor", "bygg", "bygning",
    "building", "bldg", "hus", "house", "hall", "port", "inngang", "ingang", "oppgang", "oppg", "uppgang", "lgh",
    "leil", "leilighet", "seksjon", "avd", "avdeling", "dept", "lager", "tower", "block", "blokk", "rappu", "gebaude",
    "geb", "haus", "pl", "po",
})  # fmt: skip
"""Words behind which a part of a building is named."""
_FLOOR = frozenset({
    "etasje", "etg", "et", "floor", "fl", "tr", "trappor", "van", "vaning", "sal", "etage", "stock", "og", "krs",
    "kerros", "tv", "th", "mf", "hoyre", "venstre",
})  # fmt: skip
"""Words before which one is numbered."""
_REPEATS = frozenset(("bis", "ter", "quater"))
_TO = "upto"

_PARTS = re.compile(r"[,;\n|]|(?<=[0-9])\s+(?=[0-9])(?![0-9]+(?:st|nd|rd|th)\b)")
_CARE_OF = re.compile(r"(?:^|\s)(?:c/o|c\.o\.|co/|v/|att\b|attn\b|attention\b|hos\b|ved\b).*")
_RANGE = re.compile(r"(?<=[0-9])\s*([a-z]?)\s*[-–/]\s*(?=[0-9])")
_BEFORE_NUMBER = ((re.compile(r"v\.(?=\s*[0-9])"), "veien "), (re.compile(r"g\.(?=\s*[0-9])"), "gata "))
_SWEDISH_ROAD = re.compile(r"väg(?:en)?(?![^\W\d_])")
_HOUSE = re.compile(r"\b([0-9]+)([a-z]|bis|ter|quater)([0-9]*)\b")
_ENTRANCE = re.compile(r"(?<=[0-9] )([a-z])([0-9]+)\b")
_BARE_NUMBER = re.compile(r"[0-9]+\s*(?:[a-z]|bis|ter|quater)?")
_DWELLING = re.compile(r"[hukl][0-9]{4}")
_DIGIT = re.compile(r"[0-9]")


def normalise_postal_code(text: str) -> str | None:
    """A postal code in capitals without spaces, hyphens and country prefix; null where nothing is left.

    >>> normalise_postal_code("SE-113 57"), normalise_postal_code("sw1a 1aa"), normalise_postal_code("0010")
    ('11357', 'SW1A1AA', '0010')
    """
    return _NOT_CODE.sub("", _COUNTRY_PREFIX.sub("", text.strip().upper())) or None


def normalise_city(text: str) -> str | None:
    """A city in one alphabet, without spaces and the number or letter of a delivery district; null where nothing is left.

    >>> normalise_city("KØBENHAVN K"), normalise_city("Aarhus"), normalise_city("Århus")
    ('kobenhavn', 'arhus', 'arhus')
    """
    folded = fold_text(text)
    return fold_digraphs((_DISTRICT.sub("", folded) or folded).replace(" ", "")) or None


def normalise_address(street: str, postal_code: str | None, city: str | None = None) -> str | None:
    """The street, house number and postal code (else city) in one spelling; null where it is no place to meet.

    A street's kind is abbreviated alike; floor, flat and care-of are left out. Null for a post box, without a house
    number, a postal code or city, where two addresses are stated, and where it cannot be told what is the number.

    >>> normalise_address("Strødfenveien 162", "0957"), normalise_address("c/o Ås AS, Strødfenv. 162, 2. etg", "NO-0957")
    ('strodfenv. 162, 0957', 'strodfenv. 162, 0957')
    >>> normalise_address("Karl Johans gt. 28 D", None, "OSLO"), normalise_address("Hauptstraße 5", "10115")
    ('karljohansg. 28d, oslo', 'hauptstr. 5, 10115')
    >>> normalise_address("Unit 4, 10 High Street", "SW1A 1AA"), normalise_address("12 bis, av. de la République", "75011")
    ('highst. 10, SW1A1AA', 'ave.delarepubliqu 12bis, 75011')
    >>> normalise_address("Mannerheimintie 12 B 34", "00100"), normalise_address("Kungsvägen 3, 2 tr", "111 43")
    ('mannerheimintie 12b, 00100', 'kungsv. 3, 11143')
    >>> [normalise_address(text, "0957") for text in ("Postboks 12", "Fremre Holen", "Storgata 3. etg")]
    [None, None, None]
    """
    return normalise_addresses([street], [postal_code], [city])[0]


def normalise_addresses(
    streets: Sequence[str | None],
    postal_codes: Sequence[str | None],
    cities: Sequence[str | None],
    *,
    placeless: bool = False,
) -> list[str | None]:
    """Each address as by `normalise_address`, many at once; null where no street is stated.

    With `placeless` an address without postal code and city is its street and number alone.

    >>> normalise_addresses(["Storgata 5", "Storgata 5"], ["0155", None], [None, None], placeless=True)
    ['storg. 5, 0155', 'storg. 5']
    """
    divided = [_divide(street) if street else [] for street in streets]
    folded = iter(fold_lines([part for parts in divided for part in parts]))
    keys: list[str | None] = []
    for parts, postal_code, city in zip(divided, postal_codes, cities, strict=True):
        house = _find_house([next(folded) for _ in parts])
        place = (normalise_postal_code(postal_code) if postal_code else None) or (
            normalise_city(city) if city else None
        )
        keys.append(f"{house}, {place}" if house and place else house if placeless else None)
    return keys


def _divide(street: str) -> list[str]:
    """The parts of an address, those that only name a person or firm left out."""
    if not _DIGIT.search(street):
        return []
    parts = [_CARE_OF.sub("", part).strip() for part in _PARTS.split(_RANGE.sub(rf" \1 {_TO} ", street.lower()))]
    joined: list[str] = []
    for part in filter(None, parts):
        before = joined[-1] if joined else ""
        if before and _BARE_NUMBER.fullmatch(part) and not _DIGIT.search(before):
            joined[-1] = f"{before} {part}"  # "Via Roma, 5"
        elif _BARE_NUMBER.fullmatch(before) and not _DIGIT.search(part):
            joined[-1] = f"{before} {part}"  # "12, rue de la Paix"
        else:
            joined.append(part)
    for place, part in enumerate(joined):
        if "väg" in part:
            part = _SWEDISH_ROAD.sub("veien", part)
        if "." in part:
            for short, whole in _BEFORE_NUMBER:
                part = short.sub(whole, part)
        joined[place] = part
    return joined


def _find_house(parts: Sequence[str]) -> str | None:
    """Street and number of the one part that has them; one whose street says its kind goes before one that does not."""
    found = [house for house in map(_read_house, parts) if house is not None]
    sure = {house for house, is_sure in found if is_sure} or {house for house, _ in found}
    return sure.pop() if len(sure) == 1 else None


def _read_house(part: str) -> tuple[str, bool] | None:
    """Street and number of a folded part, and whether the street says its kind."""
    words = _ENTRANCE.sub(r"\1 \2", _HOUSE.sub(r"\1 \2 \3", part.partition(MARK)[0])).split()
    if len(words) > 2 and words[0] == "no" and words[1].isdecimal():
        words = words[1:]
    if not words or words[0] in _WITHIN or words[0] in _FLOOR or not _NO_PLACE.isdisjoint(words):
        return None
    words = _without_floor([word for word in words if not _DWELLING.fullmatch(word)])
    numbered = [place for place, word in enumerate(words) if word.isdecimal()]
    if not numbered:
        return None
    at = numbered[0]
    number, rest = _read_number(words[at:])
    if number is None:
        return None
    if at == 0:
        street = _number_first(rest)
        return (f"{street} {number}", True) if street else None
    name = words[: at - 1] if words[at - 1] == "no" else words[:at]
    if not name or any(map(_DIGIT.search, [*name, *rest])):
        return None
    street, has_kind = _spell_street(name)
    is_doubtful = not has_kind and (rest or len(words[at]) > 3)  # "Oslo 1501" has a postal code
    if len(street) < 3 or is_doubtful or "&" in rest:
        return None
    return f"{street} {number}", has_kind


def _without_floor(words: list[str]) -> list[str]:
    for place, word in enumerate(words):
        if place and word in _WITHIN and word not in _LAST_WORD:
            return words[:place]
        if place and word in _FLOOR and _DIGIT.match(words[place - 1]):
            return words[: place - 1]
    return words


def _read_number(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """The house number that words begin with, with its letter or as a range, and the words behind it."""
    number, rest = words[0], list(words[1:])
    if number[0] == "0" or len(number) > 5:
        return None, rest
    if rest and (rest[0] in _REPEATS or (len(rest[0]) == 1 and rest[0].isalpha())):
        number += rest.pop(0)
        if rest and rest[0].isdecimal():  # the flat
            rest.pop(0)
    if rest and rest[0] == _TO:
        last, rest = _read_number(rest[1:]) if len(rest) > 1 else (None, [])
        return (None if last is None else f"{number}-{last}"), rest
    return number, rest


def _number_first(words: Sequence[str]) -> str | None:
    """A street that stands behind its number, as in English and French; only one that says its kind."""
    if len(words) < 2 or any(word.isdecimal() for word in words):
        return None
    if words[0] in _FIRST_WORD:
        return _FIRST_WORD[words[0]] + _joined(words[1:])
    at = len(words) - (2 if words[-1] in _DIRECTIONS else 1)
    if at < 1 or words[at] not in _LAST_WORD:
        return None
    return _joined(words[:at]) + _LAST_WORD[words[at]] + "".join(words[at + 1 :])


def _spell_street(words: Sequence[str]) -> tuple[str, bool]:
    """A street that stands before its number, its kind abbreviated, and whether it says its kind."""
    words = words[1:] if words[0] in ("ul", "ulica") else words
    if not words:
        return "", False
    *first, last = words
    if first and last in _LAST_WORD:
        return _joined(first) + _LAST_WORD[last], True
    kind = _GLUED_KIND.match(last)
    if kind and (first or kind[1]):
        return _joined([*first, kind[1]]) + _ENDING[kind[2]], True
    if first and words[0] in _FIRST_WORD:
        return _FIRST_WORD[words[0]] + _joined(words[1:]), True
    return _joined(words), bool(_UNSHORTENED.search(last))


def _joined(words: Sequence[str]) -> str:
    return fold_digraphs("".join(words))
