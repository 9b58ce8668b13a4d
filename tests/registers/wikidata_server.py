"""Wikidata's query service on loopback: answers the two questions that we ask, out of items, and gives up on long ones."""

import re
from typing import Any
from urllib.parse import parse_qs

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

ENTITY = "http://www.wikidata.org/entity/"
Term = dict[str, str]


def text(value: str, language: str | None = None) -> Term:
    """A text as results have it, in a language or in none."""
    return {"type": "literal", "value": value} | ({} if language is None else {"xml:lang": language})


def address(value: str) -> Term:
    return {"type": "uri", "value": value}


class WikidataServer(LoopbackRegister):
    """`items` maps an item to what is stated of it, by thing; a question about more than `most` values is not in time."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.origin + "/sparql"
        self.items: dict[str, dict[str, list[Term]]] = {}
        self.properties: dict[str, str] = {}
        self.most = 1000
        self.never_in_time: set[str] = set()

    @property
    def questions(self) -> list[str]:
        return [parse_qs(asked.body.decode())["query"][0] for asked in self.asked]

    def answer(self, asked: Asked) -> Said:
        question = parse_qs(asked.body.decode())["query"][0]
        wanted = re.findall(r'\(wdt:(P\d+) "([^"]*)"\)', question.split("}", 1)[0])
        rows = self._find(wanted) if wanted else self._describe(_items_in(question))
        values = [number for _, number in wanted] or _items_in(question)
        if len(values) > self.most or self.never_in_time & set(values):
            return Said(status=500, body=b"java.util.concurrent.TimeoutException\n\tat java.util.concurrent.FutureTask")
        return said_results(rows)

    def _find(self, wanted: list[tuple[str, str]]) -> list[dict[str, Term]]:
        return [
            {"property": address(f"http://www.wikidata.org/prop/direct/{name}"), "number": term, "item": address(ENTITY + item)}
            for item, things in self.items.items()
            for thing, terms in things.items()
            for term in terms
            for name, number in wanted
            if self.properties.get(thing) == name and term["value"] == number
        ]  # fmt: skip

    def _describe(self, items: list[str]) -> list[dict[str, Term]]:
        return [
            {"item": address(ENTITY + item), "what": text(thing), "value": term}
            for item in items
            for thing, terms in self.items.get(item, {}).items()
            for term in terms
        ]


def said_results(rows: list[dict[str, Any]]) -> Said:
    return said_json({"head": {"vars": []}, "results": {"bindings": rows}})


def _items_in(question: str) -> list[str]:
    return re.findall(r"wd:(Q\d+)", question.split("}", 1)[0])
