"""Plain language in, the filters of an ideal-customer description out: the same text gives the same filters, always.

A text is cut into items (`items`), amounts and years are read by rules (`measures`), and each criterion is put under must,
should or must_not (`scopes`). What means something and fits nowhere is named, as written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from enrich.errors import InputInvalid
from enrich.icp.reading.items import Item, guess_language, list_items
from enrich.icp.reading.lists import read_lexicon
from enrich.icp.reading.measures import Context, apply_rules
from enrich.icp.reading.scopes import Answer, Wish, find_fault, put_all
from enrich.icp.reading.tokens import Token, as_written, tokenise

LONGEST_TEXT = 20_000
"""Characters; more is no description of a customer."""

DAYS = {"job_ad": 60, "tender_won": 365}
"""Of a signal, where the text says none."""
_PARTED = frozenset({"comma", "and", "or", "but"})
_WHY: Mapping[str, str] = {
    "no_group": "an occupation without a group; ask by words of the ad's title in config.toml: "
    'signals = { kind = "job_ad", words = ["WORD"] }',
    "unclear_day": "day or month first? Write the year first: 2026-06-01",
    "event_year": "a time has no end: say the last so many days (at most 400), or since a day, as in since 2026-03-01",
}
"""Why an item of a kind is not understood."""
_OF_WHICH = "the tender's industry or the company's? Say the company's first, or behind a comma; what a tender is for is asked with cpv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a text asks for, in the ICP file's own terms, and the words that nobody could turn into a filter, as written."""

    must: Mapping[str, object]
    should: tuple[Wish, ...]
    must_not: Mapping[str, object]
    not_understood: tuple[str, ...]
    faults: Mapping[str, str]
    """Why what is known cannot be asked, or how it is, where that can be said: "innen 300 mil fra Oslo", "som vokser"."""
    language: str
    """What most of its words are of (nb, sv, da, fi, en); it decides only the currency where none is said."""

    def filters(self) -> dict[str, object]:
        """The filters by part, those that ask nothing left out."""
        parts: dict[str, object] = {
            "must": dict(self.must),
            "should": [{wish.criterion: wish.value} for wish in self.should],
            "must_not": dict(self.must_not),
        }
        return {name: part for name, part in parts.items() if part}


def read_text(text: str, *, today: date | None = None) -> Reading:
    """What a text asks for. Raises `InputInvalid` where it is longer than `LONGEST_TEXT` or holds no word.

    `today` says which year is not over: "har vunnet anbud i 2026" is since its first day in 2026, and not understood later.

    >>> reading = read_text("lønnsomme tannleger i Rogaland med 5-50 ansatte, ikke konkurs")
    >>> reading.must
    {'industry': ('86.23',), 'region': ('Rogaland',), 'employees': '5-50'}
    >>> reading.must_not, reading.not_understood
    ({'status': ('bankrupt',)}, ('lønnsomme',))
    """
    if len(text) > LONGEST_TEXT:
        raise InputInvalid(
            f"The text has {len(text):,} characters; a description of customers has {LONGEST_TEXT:,} at most. "
            "Say it in a few sentences."
        )
    tokens = tokenise(text)
    if all(token.kind == "mark" for token in tokens):
        raise InputInvalid('The text holds no word. Say which companies: "tannleger i Rogaland med 5-50 ansatte".')
    lexicon = read_lexicon()
    language = guess_language(list_items(tokens, lexicon, language=None), text)
    items = list_items(tokens, lexicon, language=language)
    countries = {code for item in items if item.criterion == "country" for code in _codes(item)}
    context = Context(language=language, country=next(iter(countries)) if len(countries) == 1 else None, today=today)
    read = apply_rules([item for item in items if item.kind != "filler"], context)
    answer = Answer(faults={(item.first, item.last): _WHY[item.kind] for item in read if item.kind in _WHY})
    time = _take_time(read, answer)
    put_all(_with_signals(_with_tenders(read, time, answer), time), answer)
    return Reading(
        must=answer.must,
        should=tuple(answer.should),
        must_not=answer.must_not,
        not_understood=tuple(
            dict.fromkeys(as_written(tokens[first : last + 1]) for first, last in sorted(answer.not_understood))
        ),
        faults=_find_hints(tokens, answer)
        | {as_written(tokens[first : last + 1]): why for (first, last), why in answer.faults.items()},
        language=language,
    )


def _find_hints(tokens: Sequence[Token], answer: Answer) -> dict[str, str]:
    """What to do instead, of what is not understood and has a word that tells what is meant."""
    hints = read_lexicon().hints
    return {
        as_written(tokens[first : last + 1]): hints[token.key]
        for first, last in answer.not_understood
        for token in tokens[first : last + 1]
        if token.key in hints
    }


def _codes(item: Item) -> tuple[str, ...]:
    return item.value if isinstance(item.value, tuple) else ()


def _take_time(items: list[Item], answer: Answer) -> Mapping[str, object]:
    """When the text's signal shall have been, whose words are taken out; empty where it says nothing of it.

    A time of something else or of two signals, a second one, and one that no signal may have are not understood.
    """
    times = [item for item in items if item.kind == "period"]
    kinds = {item.kind for item in items if item.kind in ("hire", "tender_won")}
    items[:] = [item for item in items if item.kind != "period"]
    if len(kinds) != 1:
        answer.refuse(times)
        return {}
    said = next((item.value for item in times), None)
    time = {} if said is None else {"since" if isinstance(said, str) else "days": said}
    fault = find_fault("signals", time)
    answer.refuse(times[fault is None :], fault)
    return time


def _with_tenders(items: Sequence[Item], time: Mapping[str, object], answer: Answer) -> list[Item]:
    """The items, with each tender that was won as a criterion, and what is quoted behind it as the words of its title.

    An industry behind it may be the tender's as well as the company's, and is not understood.
    """
    done: list[Item] = []
    place: int | None = None
    for item in items:
        value = {} if place is None else done[place].value
        if item.kind == "tender_won":
            place = None if item.value == "won" else len(done)
            signal = {"kind": "tender_won", **(time or {"days": DAYS["tender_won"]})}
            done.append(replace(item, kind="criterion", criterion="signals", value=signal))
        elif place is not None and isinstance(value, dict) and item.criterion == "words":
            done[place] = replace(done[place], value={**value, "words": item.value}, last=item.last)
        elif place is not None and item.criterion == "industry":
            answer.refuse([item], _OF_WHICH)
        else:
            done.append(item)
            place = None if item.kind in _PARTED else place
    return done


def _with_signals(items: Sequence[Item], time: Mapping[str, object]) -> list[Item]:
    """The items, with the words that tell of hiring and the people hired as one criterion."""
    done: list[Item] = []
    at = 0
    while at < len(items):
        end = at
        while end < len(items) and _tells_of_hiring(items, end):
            end += 1
        run = items[at:end]
        if any(item.kind == "hire" for item in run):
            groups = tuple(dict.fromkeys(group for item in run if item.kind == "occupation" for group in _codes(item)))
            signal = {"kind": "job_ad", "occupations": groups, **(time or {"days": DAYS["job_ad"]})}
            done.append(replace(run[0], kind="criterion", criterion="signals", value=signal, last=run[-1].last))
            at = end
        else:
            done.append(items[at])
            at += 1
    return done


def _tells_of_hiring(items: Sequence[Item], at: int) -> bool:
    if items[at].kind in ("hire", "occupation"):
        return True
    follows = at > 0 and items[at - 1].kind == "occupation"
    return (
        follows
        and items[at].kind in ("and", "or", "comma")
        and [each.kind for each in items[at + 1 : at + 2]] == ["occupation"]
    )
