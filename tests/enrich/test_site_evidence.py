"""Whether a site is a company's own: only what it prints decides."""

from datetime import UTC, datetime

import pytest

from enrich.site_evidence import SiteCompany, judge_site
from sources.kinds.printed_numbers import printed_numbers
from sources.site import Organisation, PageText, SiteReading

FJORD = SiteCompany(
    names=("FJORDKODE AS", "Fjordkode Norge"),
    numbers=frozenset({("NO-ORGNR", "974760673"), ("LEI", "OW6OFBNCKXC4US5C7523")}),
    country="NO",
    places=(("Strandgaten 1", "5013", "BERGEN"),),
)


def reading(text: str, *names: str, organisation: Organisation | None = None) -> SiteReading:
    url = "https://fjordkode.example/"
    return SiteReading(
        url=url,
        pages=(PageText(url=url, title="", text=text),),
        names=names,
        organisations=() if organisation is None else (organisation,),
        numbers=tuple(printed_numbers(text, url)),
        emails=(),
        phones=(),
        social=(),
        language=None,
        technologies=(),
        fetched_at=datetime.now(UTC),
    )


@pytest.mark.parametrize(
    ("text", "names", "code"),
    [
        pytest.param("Org.nr. 974 760 673", (), "number", id="number"),
        pytest.param("974760673", (), "number", id="number without a label"),
        pytest.param("LEI OW6OFBNCKXC4US5C7523", (), "number", id="number of another register"),
        pytest.param("Org.nr. 974 760 673, morselskap org.nr. 923 609 016", (), "number", id="beside its parent's"),
        pytest.param("Org.nr. 923 609 016. Fjordkode AS, 5013 Bergen", ("Fjordkode",), "other_company", id="another's"),
        pytest.param("Tlf 923 609 016. Fjordkode AS, 5013 Bergen", ("Fjordkode",), "name_and_place", id="a phone like a number"),
        pytest.param("Fjordkode AS, Strandgt. 1, 5013 Bergen", (), "name_and_place", id="name with its form, and place"),
        pytest.param("Velkommen. 5013 BERGEN", ("Fjordkode",), "name_and_place", id="calls itself so"),
        pytest.param("Strandgaten 1, Bergen", ("FJORDKODE A/S",), "name_and_place", id="street and city"),
        pytest.param("Vi liker Fjordkode. 5013 Bergen", ("Havkode",), "no_evidence", id="mentions the name without its form"),
        pytest.param("Fjordkode AS er kunde av oss", ("Havkode",), "name_only", id="names it, elsewhere"),
        pytest.param("Bergen", ("Fjordkode",), "name_only", id="a city alone is no place"),
        pytest.param("5013 Oslo", ("Fjordkode",), "name_only", id="postal code of another city"),
        pytest.param("95013 Bergen", ("Fjordkode",), "name_only", id="longer digits"),
        pytest.param("5013 Bergen", ("Fjordkode Bergen Sentrum",), "no_evidence", id="a longer name"),
        pytest.param("", (), "no_evidence", id="nothing"),
        pytest.param("Domenet er til salgs", ("fjordkode.example",), "no_evidence", id="parked"),
    ],
)  # fmt: skip
def test_only_what_a_site_prints_decides(text: str, names: tuple[str, ...], code: str) -> None:
    verdict = judge_site(FJORD, reading(text, *names))
    assert verdict.code == code
    assert verdict.is_own is (code in ("number", "name_and_place"))
    assert bool(verdict.url) is verdict.is_own


def test_a_directory_that_prints_everybodys_number_is_nobodys_site() -> None:
    numbers = ("923609016", "984851006", "974760673", "964118191", "810034882", "991825827")
    listed = reading(" ".join(f"Org.nr. {number}" for number in numbers), "Fjordkode")
    assert judge_site(FJORD, listed).code == "directory"


def test_a_place_in_structured_data_counts() -> None:
    stated = Organisation(types=("Store",), name="Fjordkode", postal_code="5013", city="Bergen")
    assert judge_site(FJORD, reading("Hei", "Fjordkode", organisation=stated)).code == "name_and_place"


def test_a_swedish_postal_code_is_found_with_its_space() -> None:
    company = SiteCompany(names=("Svea Trä AB",), numbers=frozenset(), places=(("Storgatan 5", "11122", "Stockholm"),))
    assert judge_site(company, reading("Storg. 5, 111 22 Stockholm", "Svea Trä")).is_own


def test_a_name_of_two_letters_is_no_evidence() -> None:
    company = SiteCompany(names=("AB AS",), numbers=frozenset(), places=((None, "5013", "Bergen"),))
    assert not judge_site(company, reading("5013 Bergen", "AB")).is_own
