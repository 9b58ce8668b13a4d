"""The reliability diagram: what probabilities state against how often they are right, as a picture (SVG)."""

from collections.abc import Iterator
from html import escape

from enrich.match.reliability import Bin, Calibration

WIDTH, HEIGHT = 560, 638
_LEFT, _TOP, _SIDE = 72, 96, 440
"""Where the square of the diagram begins, and how long it is."""
_BARS_TOP, _BARS_HEIGHT = 554, 44
_INK, _FAINT, _GRID, _BLUE, _SKY = "#1f2933", "#66727f", "#e4e8ec", "#1f5fa8", "#b9d2ee"
_FONT = "font-family=\"'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif\""


def draw_reliability(calibration: Calibration, *, title: str) -> str:
    """The diagram as SVG text: a dot a bin with its 95 % interval, on the diagonal where statements are true.

    Dots are as large as their bin is full; the bars below count its answers.
    """
    fullest = max(one.right.of for one in calibration.bins)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    turned = f"translate(22 {_TOP + _SIDE / 2}) rotate(-90)"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title, quote=True)}" {_FONT}>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(_LEFT, 34, title, size=17, weight=600),
        *(_text(_LEFT, 56 + 18 * row, text, size=12, colour=_FAINT) for row, text in enumerate(_caption(calibration))),
        *_grid(),
        *(part for one in calibration.bins for part in _dot(one, fullest)),
        *(part for one in calibration.bins for part in _bar(one, fullest)),
        _text(_LEFT + _SIDE / 2, HEIGHT - 12, "Probability stated", size=12, colour=_FAINT, anchor="middle"),
        f'<g transform="{turned}">',
        _text(0, 0, "Share that is right", size=12, colour=_FAINT, anchor="middle"),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _caption(calibration: Calibration) -> tuple[str, str]:
    answers = sum(one.right.of for one in calibration.bins)
    return (
        f"{answers:,} answers · Brier score {calibration.brier:.3f}",
        f"Calibration error {calibration.ece:.3f}; chance alone makes up to {calibration.ece_allowed:.3f}",
    )


def _grid() -> Iterator[str]:
    for step in range(6):
        share = step / 5
        yield _line(_x(share), _y(0), _x(share), _y(1), _GRID)
        yield _line(_x(0), _y(share), _x(1), _y(share), _GRID)
        yield _text(_x(0) - 10, _y(share) + 4, f"{share:.0%}", size=11, colour=_FAINT, anchor="end")
        yield _text(_x(share), _BARS_TOP + _BARS_HEIGHT + 14, f"{share:.0%}", size=11, colour=_FAINT, anchor="middle")
    yield _line(_x(0), _y(0), _x(1), _y(1), _FAINT, extra='stroke-dasharray="5 4"')
    yield _line(_x(0), _BARS_TOP + _BARS_HEIGHT, _x(1), _BARS_TOP + _BARS_HEIGHT, _GRID)


def _dot(one: Bin, fullest: int) -> Iterator[str]:
    value, low, high = one.right.value or 0.0, one.right.low or 0.0, one.right.high or 0.0
    x = _x(one.stated)
    yield _line(x, _y(low), x, _y(high), _BLUE, extra='stroke-width="1.5"')
    for end in (low, high):
        yield _line(x - 4, _y(end), x + 4, _y(end), _BLUE, extra='stroke-width="1.5"')
    radius = 3 + 6 * (one.right.of / fullest) ** 0.5
    yield (
        f'<circle cx="{x:.1f}" cy="{_y(value):.1f}" r="{radius:.1f}" fill="{_BLUE}" stroke="#ffffff" stroke-width="1.5">'
        f"<title>{one.low:.0%}-{one.high:.0%}: {one.stated:.1%} stated, {value:.1%} of {one.right.of:,} right</title></circle>"
    )


def _bar(one: Bin, fullest: int) -> Iterator[str]:
    left, width = _x(one.low) + 3, _x(one.high) - _x(one.low) - 6
    height = max(1.0, _BARS_HEIGHT * 0.68 * one.right.of / fullest)
    top = _BARS_TOP + _BARS_HEIGHT - height
    yield f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{_SKY}"/>'
    yield _text(left + width / 2, top - 4, f"{one.right.of:,}", size=10, colour=_FAINT, anchor="middle")


def _x(share: float) -> float:
    return _LEFT + _SIDE * share


def _y(share: float) -> float:
    return _TOP + _SIDE * (1 - share)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, extra: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {extra}/>'


def _text(
    x: float, y: float, text: str, *, size: int, colour: str = _INK, weight: int = 400, anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
