"""Which unknown moves a ranking most: the criterion whose answer, over the companies that are shown, spans most points."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from enrich.icp.reasons import Answer

WHOLE_SCORE = 100.0
"""What an unknown demand spans: it decides whether a company fits at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFact:
    """A criterion that is not known of some companies, and the points (0-100 each) that knowing it could move in all.

    `sources` are those of their countries that may still tell it; none where no source does.
    """

    criterion: str
    topic: str
    company_count: int
    points: float
    sources: tuple[str, ...] = ()


def find_most_telling(companies: Sequence[Sequence[Answer]]) -> MissingFact | None:
    """The criterion whose unknowns span most, of the answers of each company; null where all is known.

    >>> size = Answer(criterion="employees 10-", kind="must", verdict="unknown", weight=None, value=None)
    >>> site = Answer(
    ...     criterion="has_website yes", kind="should", verdict="unknown", weight=1.0, value=None, share_low=0.0, share_high=1.0
    ... )
    >>> found = find_most_telling([[size, site], [site], [site]])
    >>> found.criterion, found.company_count, found.points
    ('has_website', 3, 300.0)
    """
    points, topics = defaultdict[str, float](float), dict[str, str]()
    unknown_of = Counter[str]()
    for answers in companies:
        total = sum(answer.weight or 0.0 for answer in answers)
        spans = [(answer, span) for answer in answers if (span := _span(answer, total)) > 0]
        for answer, span in spans:
            points[answer.name] += span
            topics[answer.name] = answer.topic
        unknown_of.update({answer.name for answer, _ in spans})
    if not points:
        return None
    name = min(points, key=lambda each: (-points[each], each))
    return MissingFact(
        criterion=name, topic=topics[name], company_count=unknown_of[name], points=round(points[name], 1)
    )


def _span(answer: Answer, total: float) -> float:
    if answer.weight is not None:
        return WHOLE_SCORE * answer.weight / total * ((answer.share_high or 0.0) - (answer.share_low or 0.0))
    return WHOLE_SCORE if answer.verdict == "unknown" and answer.kind in ("must", "must_not") else 0.0
