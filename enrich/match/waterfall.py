"""Evidence drawn as a waterfall of bits: each bar begins where the one before it ended. As text, and as SVG."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from xml.sax.saxutils import escape

_NARROW = 64
"""Columns below which a bar stands under its label instead of beside it."""

_FOR, _AGAINST, _ZERO, _LINE = "█", "▒", "│", "┊"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One bar: what was compared, how much it weighs (bits; negative speaks against), and what was found."""

    label: str
    weight: float
    found: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """The bars of one candidate, the first from zero; `threshold` is the sum (bits) at which it would be accepted."""

    title: str
    subtitle: str
    steps: tuple[Step, ...]
    threshold: float | None = None

    @property
    def total(self) -> float:
        """Bits together."""
        return sum(step.weight for step in self.steps)

    def spans(self) -> list[tuple[float, float]]:
        """Where each bar begins and ends, in bits."""
        return list(pairwise(accumulate((step.weight for step in self.steps), initial=0.0)))

    def reach(self) -> tuple[float, float]:
        """The least and the greatest number of bits that is drawn; never the same."""
        drawn = [0.0, *(end for _, end in self.spans()), *([] if self.threshold is None else [self.threshold])]
        return min(drawn), max(max(drawn), min(drawn) + 1)


def draw_text(waterfall: Waterfall, *, width: int) -> list[str]:
    r"""Lines of at most `width` columns (30 and more); what speaks for is full, what against is shaded, no colour needed.

    >>> fall = Waterfall(title="", subtitle="", threshold=3.0, steps=(
    ...     Step(label="Before", weight=-2.0), Step(label="Domain", weight=4.0, found="same: a.no")))
    >>> print("\n".join(draw_text(fall, width=30)))
    Before                    -2.0
    ▒▒▒▒▒▒▒▒▒▒▒▒│                ┊
    Domain                    +4.0
      same: a.no
    ███████████████████████      ┊
    Together                  +2.0
                ███████████      ┊
    ┊ accepted from +3.0 bits
    """
    is_narrow = width < _NARROW
    longest = max((len(step.label) for step in waterfall.steps), default=0)
    named = width - 7 if is_narrow else min(max(longest, 20), width * 45 // 100)
    area = width if is_narrow else width - named - 9
    together = Step(label="Together", weight=waterfall.total)
    bars = [*zip(waterfall.steps, waterfall.spans(), strict=True), (together, (0.0, waterfall.total))]
    lines: list[str] = []
    for step, span in bars:
        bar = _draw_bar(waterfall, span, area)
        label, *more = textwrap.wrap(step.label, named) or [""]
        lines.append(f"{label:<{named}} {step.weight:>+6.1f}" + ("" if is_narrow else f"  {bar}"))
        lines += more
        lines += textwrap.wrap(step.found, width, initial_indent="  ", subsequent_indent="  ")
        if is_narrow:
            lines.append(bar)
    if waterfall.threshold is not None:
        lines.append(f"{_LINE} accepted from {waterfall.threshold:+.1f} bits")
    return [line.rstrip() for line in lines]


def _draw_bar(waterfall: Waterfall, span: tuple[float, float], area: int) -> str:
    low, high = waterfall.reach()

    def column(bits: float) -> int:
        return round((bits - low) / (high - low) * (area - 1))

    cells = [" "] * area
    cells[column(0.0)] = _ZERO
    if waterfall.threshold is not None:
        cells[column(waterfall.threshold)] = _LINE
    start, end = span
    if start != end:
        first, last = sorted((column(start), column(end)))
        cells[first : max(last, first + 1)] = (_FOR if end > start else _AGAINST) * max(last - first, 1)
    return "".join(cells)


_WIDE, _LABELS, _BARS, _MARGIN = 900, 400, 440, 24
_ROW, _HEAD = 42, 84
_STYLE = """
text{font-family:system-ui,-apple-system,'Segoe UI','Liberation Sans','DejaVu Sans',sans-serif;fill:#1f2933}
.title{font-size:17px;font-weight:600}.sub{font-size:13px;fill:#52606d}.label{font-size:13px}
.found{font-size:11px;fill:#616e7c}.bits{font-size:12px;font-weight:600}
.halo{font-size:12px;font-weight:600;fill:#fff;stroke:#fff;stroke-width:3px}.note{font-size:11px;fill:#52606d}
"""
_COLOURS = {"for": "#2f6fab", "against": "#c8553d", "sum": "#3e4c59"}
"""Blue and orange-red: told apart by those who cannot tell red from green; the sign stands beside each bar too."""


def draw_svg(waterfalls: Sequence[Waterfall]) -> str:
    """One SVG document with a panel a waterfall, below each other; it stands alone and needs no script."""
    panels, top = list[str](), 0
    for waterfall in waterfalls:
        panels += [f'<g transform="translate(0 {top})">', *_draw_panel(waterfall), "</g>"]
        top += _height(waterfall)
    title = _escaped("; ".join(waterfall.title for waterfall in waterfalls))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {top}" width="{_WIDE}" height="{top}" role="img">',
            f"<title>{title}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect width="{_WIDE}" height="{top}" fill="#ffffff"/>',
            *panels,
            "</svg>\n",
        ]
    )


def _height(waterfall: Waterfall) -> int:
    return _HEAD + _ROW * (len(waterfall.steps) + 1) + 34


def _draw_panel(waterfall: Waterfall) -> Iterator[str]:
    low, high = waterfall.reach()

    def x(bits: float) -> float:
        return _LABELS + (bits - low) / (high - low) * _BARS

    bottom = _HEAD + _ROW * (len(waterfall.steps) + 1)
    yield _text("title", _MARGIN, 32, _cut(waterfall.title, 90))
    yield _text("sub", _MARGIN, 53, _cut(waterfall.subtitle, 125))
    yield _line(x(0), _HEAD - 6, bottom, "#9aa5b1")
    spans = [*waterfall.spans(), (0.0, waterfall.total)]
    steps = [*waterfall.steps, Step(label="Together", weight=waterfall.total)]
    for number, (step, (start, end)) in enumerate(zip(steps, spans, strict=True)):
        y = _HEAD + number * _ROW
        is_sum = number == len(waterfall.steps)
        if is_sum:
            yield f'<line x1="{_MARGIN}" x2="{_WIDE - _MARGIN}" y1="{y}" y2="{y}" stroke="#cbd2d9"/>'
        yield _text("label", _MARGIN, y + (25 if is_sum or not step.found else 17), _cut(step.label, 56))
        yield _text("found", _MARGIN, y + 32, _cut(step.found, 66))
        left, right = sorted((x(start), x(end)))
        kind = "sum" if is_sum else "for" if step.weight > 0 else "against"
        yield (
            f'<rect x="{left:.1f}" y="{y + 9}" width="{max(right - left, 1.5):.1f}" height="22" rx="2" '
            f'fill="{_COLOURS[kind]}"/>'
        )
        yield from _figure(step.weight, left, right, y + 24)
        if number < len(waterfall.steps) - 1:
            yield _line(x(end), y + 31, y + _ROW + 9, "#9aa5b1")
    if waterfall.threshold is not None:
        at = x(waterfall.threshold)
        anchor = "end" if at > _LABELS + _BARS / 2 else "start"
        yield _line(at, _HEAD - 6, bottom, "#7b8794", dashes="4 4")
        yield _text("note", at, bottom + 16, f"accepted from {waterfall.threshold:+.1f} bits", anchor=anchor)


def _figure(weight: float, left: float, right: float, y: int) -> Iterator[str]:
    """The bits beside their bar: after it where there is room, else before it."""
    is_after = right + 44 <= _WIDE - 10
    x, anchor = (right + 6, "start") if is_after else (left - 6, "end")
    for kind in ("halo", "bits"):  # a halo of its own: not every viewer knows paint-order
        yield _text(kind, x, y, f"{weight:+.1f}", anchor=anchor)


def _text(kind: str, x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y}" text-anchor="{anchor}">{_escaped(text)}</text>' if text else ""


def _line(x: float, top: float, bottom: float, colour: str, *, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}" stroke="{colour}"{dashed}/>'


def _escaped(text: str) -> str:
    """The text as XML may hold it: control characters are not among it, not even escaped."""
    return escape("".join(letter for letter in text if letter.isprintable()))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
