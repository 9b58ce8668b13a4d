import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.normalise.fold import fold_digraphs, fold_text
from enrich.normalise.legal_form import legal_forms
from enrich.normalise.name import normal_columns, normalise_name, normalise_names
from enrich.normalise.romanise import romanise

ANY_NAME = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["Bjørn", "AB", "& Co", "og", "A", "S", "GmbH", "Oy", "株式会社", "トヨタ", "d.o.o.", "The", "ae", "İ", "1"]
    )
).map(" ".join)

# No two letters in a row that stand for one (ae, oe, …): such a word can turn into a legal form, "Foo Aas" into "foo as".
EUROPEAN_NAME = st.lists(
    st.sampled_from(
        [
            "Bjørn",
            "ÅF",
            "Søren",
            "Müller",
            "Straße",
            "Łódź",
            "Fazer",
            "I.B.M.",
            "A.P.",
            "3",
            "M",
            "&",
            "og",
            "et",
            "AB",
            "A/S",
            "Oy",
            "Oyj",
            "GmbH",
            "KG",
            "d.o.o.",
            "(publ)",
            ",",
            "The",
            "Общество",
            "ООО",
            "Ромашка",
            "ΔΕΛΤΑ",
            "Α.Ε.",
            "(UK)",
            "Ltd.",
            "-",
            "/",
            "nr",
            "KB",
            "Norge",
            "aktiebolaget",
            "& Co.",
            "Sp. z o.o.",
            "S.A. de C.V.",
        ]
    ),
    max_size=7,
).map(" ".join)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Bjørn Dahle AS", "BJOERN DAHLE A/S", id="ø and oe, as and a/s"),
        pytest.param("Åkeri Söder AB", "Aakeri Soder Aktiebolag (publ)", id="å and aa, spelled out form"),
        pytest.param("AB Volvo", "Volvo AB", id="form before or after"),
        pytest.param("Oy Karl Fazer Ab", "Karl Fazer Oy", id="form on both sides"),
        pytest.param("H & M Hennes og Mauritz AB", "H and M Hennes & Mauritz AB", id="and, og, ampersand"),
        pytest.param("Müller GmbH & Co. KG", "Mueller G.m.b.H. & Co KG", id="german umlaut and dots"),
        pytest.param("Foo Co., Ltd.", "FOO COMPANY LIMITED", id="co ltd"),
        pytest.param("Alfa d.o.o.", "Alfa DOO", id="dotted abbreviation"),
        pytest.param("I.B.M. Norge AS", "IBM Norge AS", id="dotted acronym"),
        pytest.param("株式会社ソニー", "ソニー株式会社", id="japanese, no spaces"),
        pytest.param("McDonald's Norge AS", "McDonalds Norge AS", id="apostrophe"),
        pytest.param("L'Oréal Norge AS", "L’Oreal Norge AS", id="apostrophes beside accents"),
        pytest.param("C.M.C. S.p.A.", "CMC SpA", id="two dotted abbreviations beside each other"),
        pytest.param("A.P. Møller - Mærsk A/S", "A P MOELLER MAERSK AS", id="dotted initials and a lone dash"),
        pytest.param("H&M", "H & M", id="initials around an ampersand"),
        pytest.param("3 M Norge AS", "3M Norge AS", id="a number apart"),
        pytest.param("Bank nr. 1 AS", "Bank No 1 AS", id="number sign"),
        pytest.param("Miquel y Costas, S.A.", "Miquel & Costas SA", id="spanish and"),
        pytest.param("Tovaglieri e Bertoldi S.r.l.", "Tovaglieri & Bertoldi SRL", id="italian and"),
        pytest.param("Jansen en Zonen B.V.", "Jansen & Zonen BV", id="dutch and"),
        pytest.param("Volvo AB (publ), filial i Norge", "Volvo filial i Norge", id="form before bracket and comma"),
        pytest.param("Knight Frank LLP (UK)", "Knight Frank (UK)", id="form before a bracket"),
        pytest.param("Foo (Pty) Ltd", "Foo Proprietary Limited", id="form in brackets"),
        pytest.param("Hongkong Hotels, Limited -The-", "The Hongkong Hotels Ltd", id="article after the form"),
        pytest.param("Spendrups Bryggeriaktiebolag", "Spendrups Bryggeri AB", id="form written onto a word"),
        pytest.param("Fastighetsaktiebolaget Norr", "Fastighets AB Norr", id="form written onto a word in the middle"),
        pytest.param("Alpek S.A.B. de C.V.", "ALPEK S A B DE C V", id="mexican, dotted and apart"),
        pytest.param("PT Bank Foo Tbk", "Bank Foo", id="indonesian, both ends"),
        pytest.param("Foo Sdn. Bhd.", "FOO SENDIRIAN BERHAD", id="malaysian"),
        pytest.param("Foo Sp. z o.o.", "FOO SPÓŁKA Z OGRANICZONĄ ODPOWIEDZIALNOŚCIĄ", id="polish"),
        pytest.param("Foo spol. s r.o.", "Foo s. r. o.", id="czech"),
        pytest.param("Фоо ЕООД", "Фоо ООД", id="bulgarian"),
        pytest.param(
            "ООО Ромашка", "Общество с ограниченной ответственностью «Ромашка»", id="russian, before the name"
        ),
        pytest.param("Uždaroji akcinė bendrovė Foo", "UAB Foo", id="lithuanian, several words before the name"),
        pytest.param("Foo Kft.", "Foo Korlátolt Felelősségű Társaság", id="hungarian"),
        pytest.param("บริษัท ฟู จำกัด (มหาชน)", "ฟู", id="thai"),
        pytest.param("トヨタ自動車株式会社", "Toyota Motor Corporation", id="japanese and english"),
        pytest.param("현대건설(주)", "Hyundai Construction Co., Ltd.", id="korean and english"),
        pytest.param("中国银行股份有限公司", "China Bank Ltd", id="chinese and english"),
        pytest.param("Газпром нефть ПАО", "Gazprom Neft PJSC", id="russian and english"),
        pytest.param("ООО Яндекс", "Yandex LLC", id="Cyrillic ks and x"),
        pytest.param("ФЕНИКС ИНВЕСТ", "Fenix Invest", id="Cyrillic ks and x within a name"),
        pytest.param("Nordfjord Bakeri AS UNDER AVVIKLING", "Nordfjord Bakeri AS", id="state of winding up"),
    ],
)
def test_two_spellings_of_a_name_have_one_core_key(one: str, other: str) -> None:
    assert normalise_name(one).core_key == normalise_name(other).core_key != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Nordvik Holding AS", "Nordvik AS", id="holding is no legal form"),
        pytest.param("Hydro AS Norge", "Hydro Norge", id="a form in the middle stays"),
        pytest.param("KB Financial Group", "Financial Group", id="initials that are a form elsewhere, before the name"),
        pytest.param("Team IM Norge AS", "Team Norge AS", id="im within a name"),
        pytest.param("Look AT Media AS", "Look Media AS", id="at within a name"),
        pytest.param("JA Solar AS", "Solar AS", id="a word for and before the name"),
        pytest.param("Alfa Fund I Capital", "Alfa Fund Capital", id="a roman number is no word for and"),
        pytest.param("AO Smith Corp", "Smith Corp", id="latin initials that are a form in another script"),
        pytest.param("Acme Holding (Foo)", "Acme Holding", id="a brand in brackets stays"),
        pytest.param("Moss AS", "Mosa AS", id="one letter"),
        pytest.param("Alfa 1 AS", "Alfa 2 AS", id="numbers"),
    ],
)
def test_different_names_keep_different_core_keys(one: str, other: str) -> None:
    assert normalise_name(one).core_key != normalise_name(other).core_key


def test_the_name_key_tells_legal_forms_apart_and_not_their_spellings() -> None:
    assert normalise_name("Nordvik AS").name_key == normalise_name("NORDVIK Aksjeselskap").name_key
    assert normalise_name("Nordvik AS").name_key != normalise_name("Nordvik ANS").name_key


@pytest.mark.parametrize("name", ["", "!!!", "&", "  ", "🚀", "\x00\n"])
def test_a_name_with_nothing_to_compare_gives_empty_forms(name: str) -> None:
    assert normalise_name(name).core_name == normalise_name(name).core_key == normalise_name(name).name_key == ""


def test_a_name_that_is_only_a_legal_form_keeps_it_as_its_core() -> None:
    assert normalise_name("AS").core_name == "as"


@given(ANY_NAME)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)
    assert fold_digraphs(fold_digraphs(text)) == fold_digraphs(text)


@given(EUROPEAN_NAME)
def test_case_composition_and_spaces_never_matter(text: str) -> None:
    expected = normalise_name(text)
    assert normalise_name(text.upper()) == expected
    assert normalise_name(unicodedata.normalize("NFD", text)) == expected
    assert normalise_name(f"  {text.replace(' ', '   ')} ") == expected


@given(EUROPEAN_NAME)
def test_what_is_normal_already_keeps_its_key(text: str) -> None:
    name = normalise_name(text)
    assert normalise_name(name.core_name).core_key == name.core_key


@given(ANY_NAME | EUROPEAN_NAME)
def test_a_name_with_a_letter_or_number_keeps_a_core(text: str) -> None:
    assert bool(normalise_name(text).core_key) == any(word != "&" for word in fold_text(text).split())


@given(st.text(st.characters(categories=["L", "N", "P", "Z"]), max_size=40))
def test_a_core_has_latin_letters_and_digits_only_where_they_are_known(text: str) -> None:
    name = romanise(text)
    assert name.isascii()
    assert name == name.lower()


@given(st.lists(ANY_NAME, max_size=8))
def test_many_at_once_give_what_each_gives_alone(names: list[str]) -> None:
    assert normalise_names(names) == [normalise_name(name) for name in names]


@given(ANY_NAME)
def test_a_core_key_is_the_core_name_without_spaces_and_digraphs(text: str) -> None:
    name = normalise_name(text)
    assert name.core_key == fold_digraphs(name.core_name.replace(" ", ""))


def test_spellings_of_a_legal_form_have_one_class() -> None:
    classes = {
        normalise_name(f"Nordvik {form}").legal_form_class for form in ("A/S", "AS", "Aktieselskab", "aksjeselskap")
    }
    assert classes == {"as"}
    assert "" not in legal_forms().at_end


@pytest.mark.parametrize(("form", "known_as"), [("Allmennaksjeselskap", "asa"), ("julkinen osakeyhtiö", "oyj")])
def test_a_public_form_spelled_out_is_no_private_one_with_a_word_before(form: str, known_as: str) -> None:
    name = normalise_name(f"Nordvik {form}")
    assert (name.core_name, name.legal_form_class) == ("nordvik", known_as)


def test_no_names_give_no_columns() -> None:
    assert normal_columns([]) == ([], [], [], [])
