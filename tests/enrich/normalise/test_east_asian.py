import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.normalise.east_asian import latinise, translated_words
from enrich.normalise.hangul import romanise_hangul
from enrich.normalise.kana import romanise_kana
from enrich.normalise.name import normalise_name

east_asian = st.text(
    st.one_of(
        st.characters(min_codepoint=0x3041, max_codepoint=0x30FF),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
        st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),
        st.sampled_from("株式会社有限公司銀行电子ビル市县 （）()ＡＺ１ab・ー々ゞッ"),
    ),
    max_size=25,
)


@pytest.mark.parametrize(
    ("name", "country", "latin"),
    [
        pytest.param("島津製作所", "JP", "shimazu manufacturing", id="country tells the language"),
        pytest.param("株式会社島津", None, "shimazu co ltd", id="a Japanese form tells it; the form goes last"),
        pytest.param("島津有限公司", None, "daojin co ltd", id="else it is Chinese"),
        pytest.param("三菱ケミカル㈱", None, "mitsubishi chemical co ltd", id="forms in one sign"),
        pytest.param("丸紅ﾋﾞﾙ", None, "marubeni building", id="half-width kana"),
        pytest.param(
            "エクソンモービル合同会社", None, "ekusonmobiru gk", id="a short word in a longer one stays there"
        ),
        pytest.param("中泰国际", "CN", "zhongtai international", id="two signs of two words are no word"),
        pytest.param("桓台县华信小额贷款", "CN", "huantai county huaxin micro credit", id="county"),
        pytest.param("重庆市长安汽车", "CN", "chongqing changan automobile", id="city"),
        pytest.param("(주)엘지화학", "KR", "lg chemical co ltd", id="letters spelled by name"),
        pytest.param("디지털", "KR", "digital", id="syllables that could be letters"),
        pytest.param("ＴＤＫ", "JP", "TDK", id="full-width letters"),
        pytest.param("一般社団法人", "JP", "", id="nothing but a form"),
    ],
)
def test_a_name_as_its_company_writes_it_in_english(name: str, country: str | None, latin: str) -> None:
    assert latinise([name], [country]) == [latin]


@given(east_asian)
def test_no_letter_of_these_scripts_is_left(name: str) -> None:
    (latin,) = latinise([name])
    assert not any("\u3041" <= sign <= "\u30fa" or "\u4e00" <= sign <= "\ud7a3" for sign in latin)


@given(st.text(st.characters(max_codepoint=0x2FFF), max_size=20))
def test_a_name_without_these_scripts_stays_as_it_is(name: str) -> None:
    assert latinise([name]) == [name]


@given(st.lists(st.tuples(east_asian, st.sampled_from(["JP", "CN", "KR", None]))))
def test_names_do_not_depend_on_each_other(rows: list[tuple[str, str | None]]) -> None:
    one_by_one = [latinise([name], [country])[0] for name, country in rows]
    assert latinise([name for name, _ in rows], [country for _, country in rows]) == one_by_one


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_hangul_comes_out_in_plain_letters(hangul: str) -> None:
    assert romanise_hangul(hangul).isalpha()
    assert romanise_hangul(hangul).isascii()


@given(st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x3096)))
def test_hiragana_and_katakana_sound_the_same(hiragana: str) -> None:
    katakana = "".join(chr(ord(sign) + 0x60) for sign in hiragana)
    assert romanise_kana(hiragana) == romanise_kana(katakana)
    assert romanise_kana(hiragana).isascii()


@pytest.mark.parametrize("part", ["桓台市", "エー・", "에이", "(株)", "ア", "中"])
def test_a_name_of_ten_kilobytes_is_read(part: str) -> None:
    assert latinise([part * 5_000])[0].isascii()


def test_no_word_is_translated_in_two_ways() -> None:
    lines = files("enrich.normalise").joinpath("east_asian_words.csv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    for language in ("ja", "zh"):
        words = [word for row in rows if row["kind"] in ("", "form", language) for word in row["words"].split(";")]
        assert len(words) == len(set(words)) == len(translated_words(language))


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("住友電気工業株式会社", "Sumitomo Electric"),
        ("LG전자(주)", "LG Electronics Co., Ltd."),
        ("浙江正泰电器股份有限公司", "Zhejiang Zhengtai Electric Co., Ltd."),
    ],
)
def test_the_name_in_its_script_equals_the_one_that_is_typed(written: str, typed: str) -> None:
    assert normalise_name(latinise([written])[0]).core_key == normalise_name(typed).core_key
