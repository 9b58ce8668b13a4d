import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.normalise.fold import fold_digraphs, fold_text
from enrich.normalise.legal_form import legal_forms
from enrich.normalise.name import normal_columns, normalise_name, normalise_names

ANY_NAME = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["Bjørn", "AB", "& Co", "og", "A", "S", "GmbH", "Oy", "株式会社", "トヨタ", "d.o.o.", "The", "ae", "İ", "1"]
    )
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


@given(ANY_NAME)
def test_case_never_matters(text: str) -> None:
    assert normalise_name(text.upper().lower()).core_key == normalise_name(
        text.upper().lower().upper()
    ).core_key or not (text.isascii())


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


def test_no_names_give_no_columns() -> None:
    assert normal_columns([]) == ([], [], [], [])
