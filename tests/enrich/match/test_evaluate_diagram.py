import xml.etree.ElementTree as ET

import pytest

from enrich.match.diagram import HEIGHT, WIDTH, draw_reliability
from enrich.match.reliability import measure_calibration

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawn() -> ET.Element:
    stated = [(0.05, False)] * 9 + [(0.05, True)] + [(0.95, True)] * 30
    calibration = measure_calibration(stated, draws=20)
    assert calibration is not None
    return ET.fromstring(draw_reliability(calibration, title="Håvard & <sønner>"))  # noqa: S314  # our own text


def test_each_bin_is_a_dot_where_it_belongs_as_large_as_it_is_full(drawn: ET.Element) -> None:
    low, high = drawn.iter(f"{SVG}circle")
    assert float(low.get("cx", "")) < float(high.get("cx", ""))
    assert float(low.get("cy", "")) > float(high.get("cy", ""))
    assert float(low.get("r", "")) < float(high.get("r", ""))
    assert [title.text for title in drawn.iter(f"{SVG}title")] == [
        "0%-10%: 5.0% stated, 10.0% of 10 right",
        "90%-100%: 95.0% stated, 100.0% of 30 right",
    ]


def test_everything_is_inside_the_picture_and_the_title_is_text(drawn: ET.Element) -> None:
    for name, most in (("x", WIDTH), ("y", HEIGHT), ("x2", WIDTH), ("cy", HEIGHT)):
        places = [float(part.get(name, "0")) for part in drawn.iter() if part.get(name) is not None]
        assert places
        assert all(0 <= place <= most for place in places)
    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert texts[0] == "Håvard & <sønner>"
    assert texts[1] == "40 answers · Brier score 0.025"
