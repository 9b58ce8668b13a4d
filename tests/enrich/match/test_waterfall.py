"""Evidence drawn as text and as SVG."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.match.waterfall import Step, Waterfall, draw_svg, draw_text

BITS = st.floats(-60, 60)
FALLS = st.builds(
    Waterfall,
    title=st.just("NO:1 A & B <AS>"),
    subtitle=st.text(max_size=300),
    steps=st.lists(
        st.builds(Step, label=st.sampled_from(["Name", "Words that both names have"]), weight=BITS, found=st.just("x")),
        max_size=9,
    ).map(tuple),
    threshold=st.none() | BITS,
)
SHAPES = "{http://www.w3.org/2000/svg}"


@given(fall=FALLS, width=st.integers(30, 140))
def test_every_line_keeps_to_the_terminal_and_every_weight_is_told(fall: Waterfall, width: int) -> None:
    lines = draw_text(fall, width=width)
    assert max(map(len, lines)) <= width
    assert sum(f"{step.weight:+.1f}" in line for step in fall.steps for line in lines) >= len(fall.steps)
    assert "\x1b" not in "".join(lines)  # no colour


def test_each_bar_begins_where_the_one_before_ended() -> None:
    fall = Waterfall(
        title="", subtitle="", steps=(Step(label="a", weight=-4), Step(label="b", weight=9), Step(label="c", weight=-1))
    )
    bars = [line[29:] for line in draw_text(fall, width=100)]
    falls, rises, back = ([place for place, cell in enumerate(bar) if cell in "█▒"] for bar in bars[:3])
    assert falls[0] == rises[0]  # the second bar begins at the bottom of the first
    assert abs(rises[-1] - back[-1]) <= 1  # the third falls from the top of the second
    assert {*bars[0]} >= {"▒"}
    assert {*bars[1]} >= {"█"}


@given(falls=st.lists(FALLS, min_size=1, max_size=3))
def test_the_svg_is_xml_that_keeps_within_its_frame(falls: list[Waterfall]) -> None:
    printable = [Waterfall(title=one.title, subtitle="x", steps=one.steps, threshold=one.threshold) for one in falls]
    root = ElementTree.fromstring(draw_svg(printable))  # noqa: S314  # our own
    bars = [one for one in root.iter(f"{SHAPES}rect") if one.get("rx")]
    assert len(bars) == sum(len(one.steps) + 1 for one in printable)
    for bar in bars:
        assert float(bar.attrib["x"]) >= 0
        assert float(bar.attrib["x"]) + float(bar.attrib["width"]) <= float(root.attrib["width"])


@pytest.mark.parametrize("hostile", ["</text><script>alert(1)</script>", "a\x00b", "<&>\"'"])
def test_a_name_cannot_break_the_drawing(hostile: str) -> None:
    fall = Waterfall(title=hostile, subtitle=hostile, steps=(Step(label=hostile, weight=1, found=hostile),))
    root = ElementTree.fromstring(draw_svg([fall]))  # noqa: S314
    assert list(root.iter(f"{SHAPES}script")) == []
