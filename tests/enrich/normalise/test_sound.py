import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.normalise.east_asian import latinise
from enrich.normalise.name import normalise_name
from enrich.normalise.sound import sound_key

core_names = st.lists(st.none() | st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789 "), max_size=30))


def sound_of(name: str) -> str:
    (key,) = sound_key(pa.array([normalise_name(name).core_name])).to_pylist()
    return str(key)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Panasonic Holdings Corporation", "パナソニックホールディングス株式会社"),
        ("Ricoh Co., Ltd.", "株式会社リコー"),
        ("CITIZEN WATCH CO., LTD.", "シチズン時計株式会社"),
        ("Sharp Corporation", "シャープ株式会社"),
        ("Microsoft", "マイクロソフト"),
        ("NEXEN TIRE CORPORATION", "넥센타이어(주)"),
        ("Volvo Cars", "볼보카스"),
    ],
)
def test_a_typed_name_sounds_like_the_one_in_its_script(typed: str, written: str) -> None:
    assert sound_of(typed).replace(" ", "") == sound_of(latinise([written])[0]).replace(" ", "")


@pytest.mark.parametrize(("one", "other"), [("Hitachi", "Mitsubishi"), ("Sony", "Sanyo Denki"), ("Toyota", "Honda")])
def test_other_names_sound_otherwise(one: str, other: str) -> None:
    assert sound_of(one) != sound_of(other)


@given(core_names)
def test_each_name_has_a_key_of_as_many_words(names: list[str | None]) -> None:
    keys = sound_key(pa.array(names, pa.string())).to_pylist()
    assert [key is None for key in keys] == [name is None for name in names]
    assert [key.count(" ") for key in keys if key is not None] == [
        name.count(" ") for name in names if name is not None
    ]


@given(core_names, st.integers(0, 5))
def test_a_name_sounds_the_same_in_any_list(names: list[str | None], begin: int) -> None:
    array = pa.array(names, pa.string())
    assert sound_key(array.slice(begin)).to_pylist() == sound_key(array).to_pylist()[begin:]
