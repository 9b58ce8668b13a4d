"""The lift curve as a picture (SVG): how many of the won deals the best-ranked part holds."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from enrich.icp.lift import LiftStep

WIDTH, HEIGHT = 560, 580
_LEFT, _TOP, _SIDE = 72, 84, 430
"""Where the square of the curve begins, and how long it is."""
_INK, _FAINT, _GRID = "#1f2933", "#66727f", "#e4e8ec"
_COLOURS = ("#1f5fa8", "#d17a22", "#2e8b57")
_FONT = "font-family=\"'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif\""


def draw_lift(curves: Mapping[str, Sequence[LiftStep]], *, title: str, caption: str) -> str:
    """The curves as SVG text, one a label (three at most); the diagonal is what chance alone would find."""
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title, quote=True)}" {_FONT}>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(_LEFT, 34, title, size=17),
        _text(_LEFT, 58, caption, size=12, colour=_FAINT),
        *_grid(),
        *(
            part
            for colour, (label, steps) in zip(_COLOURS, curves.items(), strict=False)
            for part in _curve(steps, label, colour)
        ),
        *(
            _text(_x(0.42), _y(0.16 - 0.06 * place), label, size=12, colour=colour)
            for place, (colour, label) in enumerate(zip(_COLOURS, curves, strict=False))
        ),
        _text(_x(0.5), HEIGHT - 14, "Best-ranked share of the deals", size=12, colour=_FAINT, anchor="middle"),
        f'<g transform="translate(22 {_y(0.5):.1f}) rotate(-90)">',
        _text(0, 0, "Share of the won deals among them", size=12, colour=_FAINT, anchor="middle"),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid() -> Iterator[str]:
    for step in range(6):
        share = step / 5
        yield _line([(share, 0), (share, 1)], _GRID)
        yield _line([(0, share), (1, share)], _GRID)
        yield _text(_x(0) - 10, _y(share) + 4, f"{share:.0%}", size=11, colour=_FAINT, anchor="end")
        yield _text(_x(share), _y(0) + 18, f"{share:.0%}", size=11, colour=_FAINT, anchor="middle")
    yield _line([(0, 0), (1, 1)], _FAINT, extra=' stroke-dasharray="5 4"')


def _curve(steps: Sequence[LiftStep], label: str, colour: str) -> Iterator[str]:
    yield _line([(0, 0), *((step.share, step.won_share) for step in steps)], colour, extra=' stroke-width="2"')
    for step in steps:
        told = f"{label}: the best {step.share:.0%} hold {step.won_share:.0%} of the won deals, {step.lift:.1f} times chance"
        yield f'<circle cx="{_x(step.share):.1f}" cy="{_y(step.won_share):.1f}" r="4" fill="{colour}"><title>{escape(told)}</title></circle>'


def _x(share: float) -> float:
    return _LEFT + _SIDE * share


def _y(share: float) -> float:
    return _TOP + _SIDE * (1 - share)


def _line(points: Sequence[tuple[float, float]], colour: str, *, extra: str = "") -> str:
    listed = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    return f'<polyline points="{listed}" fill="none" stroke="{colour}"{extra}/>'


def _text(x: float, y: float, text: str, *, size: int, colour: str = _INK, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'
    )
