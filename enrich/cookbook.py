"""The SQL cookbook: named questions, each a file of `db/cookbook`, asked by `prospekt sql --named`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from enrich.errors import NotFound

_HEAD = re.compile(r"-- (?P<says>.+?)\n-- For: (?P<reader>\w+)\.\n", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A named question: what it answers, for whom (SDR or analyst), and its SQL."""

    name: str
    says: str
    reader: str
    sql: str

    @property
    def asks_people(self) -> bool:
        """It needs the people file."""
        return "people.mart." in self.sql


@cache
def read_cookbook() -> Sequence[Question]:
    """Every question, by name."""
    found = []
    for file in sorted(files("db").joinpath("cookbook").iterdir(), key=lambda entry: entry.name):
        text = file.read_text(encoding="utf-8")
        head = _HEAD.match(text)
        if head is None:
            raise ValueError(f"{file.name} does not begin with what it answers and for whom")
        found.append(
            Question(
                name=file.name.removesuffix(".sql"),
                says=head["says"].replace("\n-- ", " "),
                reader=head["reader"],
                sql=text[head.end() :].strip(),
            )
        )
    return tuple(found)


def read_question(name: str) -> Question:
    """The question of that name; raises `NotFound` with those of like names.

    >>> read_question("companies_by_size").reader
    'analyst'
    """
    questions = {each.name: each for each in read_cookbook()}
    if name in questions:
        return questions[name]
    near = get_close_matches(name, questions, n=3, cutoff=0.5)
    raise NotFound("question in the cookbook called", name, near, hint="`prospekt sql --list` shows all.")
