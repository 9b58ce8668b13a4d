"""What an organisation says of itself: nothing that names or reaches a person is kept, and what is left out is told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.kinds.own_words import LEFT_OUT, MOST_LETTERS, describe, domain_words

NEXT = "Vi selger sko til barn."

NAMING = (
    "Grunnlagt i 1987 av Kari Nordmann.",
    "Stiftet av ekteparet Kari og Ola Nordmann i Bodø.",
    "Selskapet ble startet i en garasje av kari nordmann.",
    "Kari Nordmann grunnla selskapet i 1987.",
    "Daglig leder er Kari Nordmann.",
    "Daglig leder Kari tar imot deg.",
    "Kari Nordmann, daglig leder.",
    "Kari Nordmann | Daglig leder.",
    "Eies av Kari og Ola.",
    "Innehaver: Kari Nordmann.",
    "Hos tannlege Kari Nordmann får du time.",
    "Advokat Kari Anne Nordmann hjelper deg med arv.",
    "Klinikk v/Kari Nordmann.",
    "Jeg heter Kari og er frisør.",
    "Vi har adm. dir. Kari Nordmann.",
    "KARI NORDMANN ER DAGLIG LEDER HER HOS OSS.",
    "daglig leder er kari nordmann og hun hjelper alle.",
    "Bolaget grundades 1987 av bröderna Svensson.",
    "Vår VD Anna Svensson har trettio års erfarenhet.",
    "Anna Svensson är ägare sedan 2001.",
    "Jag heter Anna Svensson.",
    "Virksomheden drives af Søren Jensen i Aarhus.",
    "Grundlægger og direktør Søren Jensen.",
    "Yrityksen perusti Matti Meikäläinen vuonna 1980.",
    "Toimitusjohtajana toimii Matti Meikäläinen.",
    "Perustajamme Matti Meikäläinen on kauppias.",
    "Founded by Dr. Kari A. Nordmann in 1987.",
    "Founded in 1987 by J. R. Smith.",
    "Run by John and Jane.",
    "Our CEO, John van der Berg, is a diver.",
    "Mr. Smith will see you now.",
    "I'm John and I take pictures.",
    "The Smith family: owners John Smith and Jane Smith.",
    "Photographer John Smith takes pictures.",
    "John Smith is a photographer in London.",
    "Kontakt Ola Nordmann for et godt tilbud på vask.",
    "Salgssjef Ola Nordmann hjelper deg med å finne riktig båt.",
    "Firmaet ble overtatt av Ola Nordmann og bygger hus i hele Nordland.",
    "Bak selskapet står Ola Nordmann, som har bygget hus i tjue år.",
    "Hos oss møter du Ludvig van der Berg til en samtale.",
    "Meet Jane Smith and the team of experienced builders.",
    "Spør J.R. Smith om råd i dag.",
    "Spør K. Smith om råd i dag.",
    "Hos Kari Nordmann får du time.",
    "Malermester Per Hansen AS utfører alt av malerarbeid.",
    "Myyjä Matti Virtanen auttaa sinua löytämään oikean veneen.",
    "Kontakta Anna Svensson för mer information om våra båtar.",
    "kontakt ola nordmann for et tilbud i dag.",
    "KONTAKT OLA NORDMANN I DAG.",
    "Møt Ola_Nordmann i butikken.",
    "Dina Nordmann bygger hus.",
    "Till Nordmann bygger hus.",
    "Vi Nguyen bygger hus.",
    "Møt familien Nordmann på gården.",
    # seen otherwise than written
    "Daglig leder <b>Kari</b> <i>Nordmann</i>.",
    "Daglig leder Kari&nbsp;Nordmann.",
    "D\u00adaglig le\u200bder Kari Nord\u00admann.",
    "Ｄaglig leder Ｋari Ｎordmann.",
    "Founded&amp;nbsp;by Kari Nordmann.",
)
REACHING = (
    "Skriv til post@firma.no i dag.",
    "Skriv til kari.nordmann (at) firma.no i dag.",
    "Skriv til kari krøllalfa firma.no.",
    "Write to kari at firma dot no.",
    "Skriv til kari\u200b@firma.no.",
    "Ring 22 33 44 55 for time.",
    "Ring +47 22.33.44.55 for time.",
    "Vi har tlf 12 34 56 alle dager.",
    "Ring ２２３３４４５５ for time.",
    "Soita 040-123 4567 jo tänään.",
    "Se https://www.firma.no/ansatte/kari for mer.",
    "Følg linkedin.com/in/kari på nettet.",
)


@pytest.mark.parametrize("sentence", [*NAMING, *REACHING])
def test_a_sentence_that_may_name_or_reach_a_person_goes_wherever_it_stands(sentence: str) -> None:
    assert describe(sentence) is None
    for text in (f"{sentence} {NEXT}", f"{NEXT} {sentence}", f"{NEXT} {sentence} {NEXT}"):
        kept = describe(text) or LEFT_OUT
        assert set(kept.replace(NEXT, "").split()) == {LEFT_OUT}  # the next one may go with it, after a short last word


@pytest.mark.parametrize(
    "text",
    [
        "Fjordkode utvikler programvare for havbruk og fiskeri.",
        "Vi holder til i Bergen, Oslo og Tromsø.",
        "I Oslo finner du oss ved havnen, og hos Fjordkode i Bodø.",
        "Din partner innen regnskap, lønn og rådgivning for små bedrifter i Oslo.",
        "Vi rekrutterer ledere og spesialister til bedrifter i hele Norden.",
        "Tannlege i Oslo sentrum. Time på dagen, også i helgen!",
        "Nordens största butik för trävaror, i Malmö, Lund och Ystad sedan 1987-2024.",
        "Vi leverer ventiler... Og pumper til Equinor.",
        "Valmistamme ikkunoita ja ovia Tampereella.",
    ],
)
def test_what_names_nobody_stays_as_it_is(text: str) -> None:
    assert describe(text) == text


@pytest.mark.parametrize(
    ("text", "names", "kept"),
    [
        ("Nordfjord Merder AS bygger merder.", ["Nordfjord Merder"], True),
        ("Nordfjord Merders anlegg ligger i Florø.", ["Nordfjord Merder AS"], True),
        ("Nordfjord Merder AS bygger merder.", [domain_words("https://www.nordfjord-merder.no/")], True),
        ("Nordfjord Merder AS bygger merder.", [None, ""], False),
        ("Nordfjord Merder og Ola Nordmann bygger merder.", ["Nordfjord Merder AS"], False),
        ("Ola Nordmann bygger merder.", ["Nordmann AS"], False),
        ("Daglig leder er Kari Nordmann.", ["Kari Nordmann AS"], False),
    ],
)
def test_words_of_the_organisations_own_name_name_nobody(text: str, names: list[str | None], kept: bool) -> None:
    assert describe(text, names) == (text if kept else None)


@pytest.mark.parametrize("text", ["", " ", "…", "Hjem", "Velkommen hit", "<p></p>", "\u200b\u200b", "\ud800"])
def test_what_says_nothing_is_none(text: str) -> None:
    assert describe(text) is None


def test_a_long_text_ends_at_a_sentence_else_at_a_word() -> None:
    sentences = [f"Vi selger sko nummer {number} til barn." for number in range(30)]
    kept = describe(" ".join(sentences))
    assert kept is not None
    assert kept.endswith(f" barn. {LEFT_OUT}")
    assert MOST_LETTERS - 60 < len(kept) <= MOST_LETTERS
    one = describe("Vi selger " + "røde, hvite og blå sko, " * 60)
    assert one is not None
    assert one.endswith(f" {LEFT_OUT}")
    assert len(one) <= MOST_LETTERS


def test_a_sentence_of_which_only_the_beginning_is_read_goes() -> None:
    read = "Vi selger støvler. " + "Kari Nordmann " + "x" * 6_000 + " er daglig leder."
    assert describe(read) == f"Vi selger støvler. {LEFT_OUT}"
    hidden = "Vi selger støvler. " + "Kari Nordmann " + "<b></b>" * 6_000 + " er daglig leder."
    assert describe(hidden) == f"Vi selger støvler. {LEFT_OUT}"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from([*NAMING, *REACHING, NEXT, "Vi holder til i Oslo.", "<br>"]), st.text(max_size=30))
    ).map(" ".join)
)
def test_whatever_is_said_is_short_and_can_be_written(text: str) -> None:
    kept = describe(text)
    if kept is not None:
        assert len(kept) <= MOST_LETTERS
        assert "<" not in kept
        assert "@" not in kept
        assert "\n" not in kept
        kept.encode("utf-8")


def test_of_a_hostile_text_nothing_is_kept_and_it_ends() -> None:
    for text in ("A. " * 50_000, "av " * 50_000, "1 " * 50_000, "founded " * 20_000, "<" * 50_000, "at dot " * 20_000):
        assert describe(text) is None, text[:9]
