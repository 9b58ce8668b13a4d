"""A text to search by at once: only where all of it was understood."""

from collections.abc import Container, Iterable, Sequence
from datetime import date
from typing import TypeVar

from enrich.errors import InputInvalid
from enrich.icp.model import Criteria, Icp
from enrich.icp.reading.nearest import find_nearest
from enrich.icp.reading.read import Reading, read_text
from enrich.icp.vocabulary import Problem

C = TypeVar("C", bound=Criteria)

ASKED = "asked"
"""What the description of a text that is searched by at once is called: it stands in no `config.toml`."""

_IN_A_LANGUAGE = "in Norwegian, Swedish, Danish, Finnish or English"
NO_FILTER = (
    "Nothing of this text is a filter. Say an industry, a place, a number of employees or another criterion "
    f"{_IN_A_LANGUAGE}: docs/plain-language.md lists what is read."
)


def read_to_search(text: str, *, today: date | None = None) -> tuple[Reading, Icp]:
    """What a text asks for, and the description that asks for it.

    Raises `InputInvalid` where a word is not understood, naming each with the nearest that are, and the languages that are read
    where nothing is near: without it the search would be another one than was meant; and where nothing of the text is a filter.

    >>> read_to_search("leger i Rogaland")[1].must.region
    ('Rogaland',)
    >>> read_to_search("lønnsomme tanleger i Rogaland")
    Traceback (most recent call last):
    ...
    enrich.errors.InputInvalid: Nothing was searched, because not all was understood: 'lønnsomme', 'tanleger' (the nearest known: \
tannlege, taklegger, tandlæge). Say it otherwise, in Norwegian, Swedish, Danish, Finnish or English, or leave it out; \
`prospekt icp read` makes a description of the rest, to edit.
    """
    reading = read_text(text, today=today)
    if reading.not_understood:
        why = {word: say_why(word, find_nearest(word), reading.faults.get(word)) for word in reading.not_understood}
        said = ", ".join(f"{word!r} ({told})" if told else repr(word) for word, told in why.items())
        is_strange = any(not told and any(map(str.isalpha, word)) for word, told in why.items())
        raise InputInvalid(
            f"Nothing was searched, because not all was understood: {said}. "
            f"Say it otherwise{f', {_IN_A_LANGUAGE},' if is_strange else ''} or leave it out; "
            "`prospekt icp read` makes a description of the rest, to edit."
        )
    filters = reading.filters()
    if not filters:
        raise InputInvalid(NO_FILTER)
    return reading, Icp.model_validate(filters)


def leave_out_unused(icp: Icp, place: str, problems: Iterable[Problem]) -> Icp:
    """The description without the values that no company has, as `check_icp` names them below `place`: it finds the same.

    What is said in words asks for all codes of a trade, and a folder may lack companies of one. A criterion that would be left
    without a value stays as it is, to be refused: without it, whoever is unknown would be sure.

    >>> icp = Icp.model_validate({"must": {"industry": ["62.01", "58.29"]}, "must_not": {"country": ["DK"]}})
    >>> said = [("icp.asked.must.industry", "58.29"), ("icp.asked.must_not.country", "DK")]
    >>> problems = [Problem(place=place, value=value, message="no company has it", nearest=()) for place, value in said]
    >>> leave_out_unused(icp, "icp.asked", problems).model_dump(exclude_defaults=True)
    {'must': {'industry': ('62.01',)}, 'must_not': {'country': ('DK',)}}
    """
    unused = {(problem.place, problem.value) for problem in problems}
    wishes = (_without(wish, f"{place}.should[{index}]", unused) for index, wish in enumerate(icp.should))
    return icp.model_copy(
        update={
            "must": _without(icp.must, f"{place}.must", unused),
            "should": tuple(wishes),
            "must_not": _without(icp.must_not, f"{place}.must_not", unused),
        }
    )


def _without(part: C, place: str, unused: Container[tuple[str, str]]) -> C:
    used = {
        criterion: tuple(value for value in values if (f"{place}.{criterion}", value) not in unused)
        for criterion in part.asked()
        if isinstance(values := getattr(part, criterion), tuple)
    }
    return part.model_copy(update={criterion: values for criterion, values in used.items() if values})


def say_why(word: str, nearest: Sequence[str], fault: str | None) -> str:
    """Why a word is not understood, or what is nearest to it; empty where nothing is.

    >>> say_why("tanleger", ("tannlege",), None), say_why("Bergen", ("Bergen", "Berg"), None), say_why("xyzzy", (), None)
    ('the nearest known: tannlege', 'known, but not as it stands here', '')
    """
    if fault is not None:
        return fault
    if word.casefold() in map(str.casefold, nearest):
        return "known, but not as it stands here"
    return f"the nearest known: {', '.join(nearest)}" if nearest else ""
