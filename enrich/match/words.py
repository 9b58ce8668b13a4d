"""Words of company names: how telling each is, and which of them say what sort of thing bears the name."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

RAREST_BITS = 14
"""Bits of surprise of a word that hardly any company name has."""


def bits_of_words(words: pa.Array, countries: Sequence[str]) -> npt.NDArray[np.uint8]:
    """How much it says that two names share a word: log2 of how many names there are for each that has it.

    A row a country and a column a word; what is common in a country tells less there.

    >>> bits_of_words(pa.array(["holding", "orkla"]), ["", "NO"]).tolist()
    [[5, 14], [3, 14]]
    """
    found = np.empty((len(countries), len(words)), dtype=np.uint8)
    found[:] = _look_up(words, _common_words()[""], RAREST_BITS)
    for row, country in enumerate(countries):
        if country and country in _common_words():
            found[row] = np.minimum(found[row], _look_up(words, _common_words()[country], RAREST_BITS))
    return found


def _look_up(words: pa.Array, known: tuple[pa.Array, npt.NDArray[np.uint8]], otherwise: int) -> npt.NDArray[np.uint8]:
    listed, bits = known
    places = pc.fill_null(pc.index_in(words, value_set=listed), len(bits)).to_numpy(zero_copy_only=False)
    found: npt.NDArray[np.uint8] = np.append(bits, np.uint8(otherwise))[places]
    return found


@cache
def _common_words() -> dict[str, tuple[pa.Array, npt.NDArray[np.uint8]]]:
    """Words and their bits by country, those of the world by ""."""
    found: dict[str, dict[str, int]] = {"": {}}
    for name in ("common_words.txt", "country_words.txt"):
        for line in files("enrich.match").joinpath(name).read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                first, *words = line.split()
                country = "" if first.isdigit() else first
                bits = int(first if first.isdigit() else words.pop(0))
                found.setdefault(country, {}).update(dict.fromkeys(words, bits))
    return {
        country: (pa.array(list(known)), np.array(list(known.values()), dtype=np.uint8))
        for country, known in found.items()
    }


SORTS: dict[str, frozenset[str]] = {
    "foundation": frozenset(
        [
            "foundation",
            "stiftung",
            "stiftelse",
            "stiftelsen",
            "fond",
            "fonds",
            "fonden",
            "fondation",
            "fondazione",
            "fundacion",
            "fundacao",
            "saatio",
            "nadace",
            "nadacni",
            "alapitvany",
            "vakfi",
            "vakif",
            "legat",
            "stichting",
            "charity",
            "charitable",
        ]
    ),
    "fund": frozenset(
        [
            "fund",
            "funds",
            "rahasto",
            "fonu",
            "fondo",
            "fundo",
            "etf",
            "ucits",
            "portfolio",
            "sicav",
            "fcp",
            "fip",
            "subfund",
            "compartment",
            "feeder",
            "equity",
            "bond",
        ]
    ),
    "trust": frozenset(["trust", "trustee", "trustees", "settlement", "will", "estate"]),
    "staff": frozenset(
        [
            "pension",
            "pensions",
            "pensionskasse",
            "pensionskassan",
            "pensionsstiftelse",
            "pensjonskasse",
            "elakesaatio",
            "gratuity",
            "provident",
            "superannuation",
            "employees",
            "employee",
            "personeli",
            "palkkiorahasto",
            "benefit",
            "retirement",
            "esop",
            "beneficiary",
            "welfare",
        ]
    ),
    "vehicle": frozenset(
        [
            "spv",
            "sci",
            "issuer",
            "securitisation",
            "securitization",
            "nominees",
            "nominee",
            "bidco",
            "midco",
            "topco",
            "holdco",
        ]
    ),
}
"""Words that say that a name is not that of a company that does business, but of something beside one."""

COMPOUND_ENDINGS: dict[str, tuple[str, ...]] = {
    "foundation": ("stiftelse", "stiftelsen", "stiftung", "saatio", "legat", "fonden"),
    "fund": ("fond", "fondet", "fonds", "rahasto"),
    "staff": ("pensionskassa", "elakekassa"),
}
"""What ends words of the same sorts, in languages that write compounds as one word (*Verdipapirfondet*)."""

COUNTRY_WORDS = {
    "NO": "norway", "SE": "sweden", "DK": "denmark", "FI": "finland", "IS": "iceland", "DE": "germany", "NL": "netherlands",
    "BE": "belgium", "FR": "france", "GB": "britain", "IT": "italy", "CH": "switzerland", "AT": "austria", "US": "usa",
    "ES": "spain", "PL": "poland",
}  # fmt: skip
"""What a country is called, as enrich/normalise/translations.csv has it, with its names in other languages."""

GROUP_WORDS = frozenset(
    [
        "group",
        "groups",
        "gruppen",
        "gruppe",
        "gruppo",
        "grupo",
        "grupa",
        "grupe",
        "groupe",
        "groep",
        "konsern",
        "konsernet",
        "koncern",
        "koncernen",
        "konserni",
        "konzern",
        "ryhma",
        "concern",
        "holding",
        "holdings",
        "holdingbolag",
        "yhtiot",
        "yhtyma",
    ]
)
"""Words by which people mean a group of companies, where its parent's registered name has another of them."""

PUBLIC_FORMS = frozenset(("asa", "oyj", "ab-publ", "plc", "ag", "kgaa", "se", "spa", "nv", "sca"))
"""Classes of legal form that only larger companies have, as a rule those whose shares are traded."""

ENGLISH_FORMS = frozenset(("ltd", "plc", "inc", "corp", "co", "llc"))
"""Classes of legal form that companies of other countries state too when they write their name in English."""

BRANCH_FORMS = frozenset(("nuf",))
"""Classes of legal form that only branches of foreign companies have."""

FORMS_OF_NO_COMPANY = frozenset(
    (
        "stiftelse",
        "saatio",
        "stichting",
        "ry",
        "ev",
        "asbl",
        "brf",
        "brl",
        "ks",
        "kl",
        "kb",
        "ky",
        "scs",
        "snc",
        "sc",
        "ss",
    )
)
"""Classes of legal form of foundations, associations and vehicles, which a list of companies seldom means."""
