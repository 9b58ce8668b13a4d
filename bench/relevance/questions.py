"""The questions asked of the real texts: what an industry is called, alone and with a place.

    python -m bench.relevance.questions SHARED_DATA

makes bench/relevance/questions.jsonl and later_questions.jsonl anew. Each was made once: the first before any ranking was
written, the second before the ranking was changed; see README.md beside them.
"""

import hashlib
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench.relevance.collections import COLLECTIONS, Text, read_collection

FILE = Path(__file__).with_name("questions.jsonl")
LATER_FILE = Path(__file__).with_name("later_questions.jsonl")
LATER = ("groups", "others")
"""Collections of which there are later questions only."""
FEWEST_OF_INDUSTRY = 5
FEWEST_AT_PLACE = 3
MOST_AT_PLACE = 300
PLACES_PER_INDUSTRY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A text to look for; right are the companies of `industry` and, where there is one, at `place` (in capitals).

    `half` is developing, held_back or later; nothing is tuned on the second or the third.
    """

    collection: str
    kind: str
    half: str
    text: str
    industry: str
    place: str | None

    def is_answered_by(self, company: Text) -> bool:
        """Whether the company is one of those asked for."""
        return company.industry == self.industry and (self.place is None or self.place in company.places)


def read_questions() -> tuple[Question, ...]:
    """The frozen questions, the later ones last."""
    return (*read_file(FILE), *read_file(LATER_FILE))


def read_file(path: Path) -> tuple[Question, ...]:
    """The questions of one file, in its order."""
    return tuple(Question(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


def say_industry(title: str) -> str:
    """The title of an industry as somebody types it: without code, brackets, exceptions and "not elsewhere classified".

    >>> say_industry("45.320 Detaljhandel med deler til motorvogner, unntatt motorsykler")
    'detaljhandel med deler til motorvogner'
    >>> say_industry("Hotels, Restaurants & Leisure"), say_industry("79900 Turistbyråer o.d.")
    ('hotels restaurants leisure', 'turistbyråer')
    """
    said = re.sub(r"^[\d.]+\s+|\([^)]*\)", "", title).lower()
    said = re.split(r",? unntatt | ikke nevnt annet sted| ellers$|,? utom | o\.d\.", said)[0]
    return " ".join(re.findall(r"[\w-]+", said))


def make_questions(collection: str, companies: Sequence[Text]) -> Iterator[Question]:
    """One question an industry with five companies or more, and up to two for places where it has 3 to 300."""
    industries = Counter(company.industry for company in companies)
    at_places = Counter((company.industry, place) for company in companies for place in company.places)
    for industry in sorted(name for name, count in industries.items() if count >= FEWEST_OF_INDUSTRY):
        said = say_industry(industry)
        half = "developing" if _drawn(collection, industry) % 2 else "held_back"
        yield Question(collection=collection, kind="industry", half=half, text=said, industry=industry, place=None)
        fitting = [
            place
            for (of, place), count in at_places.items()
            if of == industry and FEWEST_AT_PLACE <= count <= MOST_AT_PLACE
        ]
        for place in sorted(fitting, key=lambda place: _drawn(collection, industry, place))[:PLACES_PER_INDUSTRY]:
            text = f"{said} {place.lower()}"
            yield Question(collection=collection, kind="place", half=half, text=text, industry=industry, place=place)


def _drawn(*parts: str) -> int:
    """A number that only depends on the words: the same draw on every machine."""
    return int(hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12], 16)


def make_later(asked: Sequence[Question], collection: str, companies: Sequence[Text]) -> Iterator[Question]:
    """The same of a later collection, all held back, without the titles that `asked` has already."""
    titles = {one.industry for one in asked}
    for question in make_questions(collection, companies):
        if question.industry not in titles:
            yield replace(question, half="later")


def main(shared: Path) -> None:
    """Write the questions."""
    with tempfile.TemporaryDirectory() as work:
        read = {name: read_collection(shared, name, Path(work)) for name in COLLECTIONS}
    asked = [one for name, companies in read.items() if name not in LATER for one in make_questions(name, companies)]
    write_file(FILE, asked)
    write_file(LATER_FILE, [one for name in LATER for one in make_later(asked, name, read[name])])


def write_file(path: Path, questions: Iterable[Question]) -> None:
    """Write questions, a line each."""
    lines = (json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in questions)
    path.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
