"""The rankings that ours is held against: BM25 over words as they are written, and tantivy as it comes."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log

from bench.relevance.collections import Text

_K1, _B = 1.2, 0.75


def whole_text(company: Text) -> str:
    """All that a company is searched by."""
    return "\n".join(part for part in (company.name, company.purpose, company.activity, company.place) if part)


class PlainBm25:
    """BM25 over one text a company: words in small letters, neither stemmed nor split, k1 = 1.2 and b = 0.75."""

    def __init__(self, companies: Sequence[Text]) -> None:
        self._postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self._lengths = []
        for number, company in enumerate(companies):
            words = re.findall(r"\w+", whole_text(company).lower())
            self._lengths.append(len(words))
            for word, count in Counter(words).items():
                self._postings[word].append((number, count))
        self._average = sum(self._lengths) / len(self._lengths)

    def rank(self, text: str, limit: int) -> list[int]:
        """The best companies for a text, by their place in the collection."""
        scores: defaultdict[int, float] = defaultdict(float)
        for word in dict.fromkeys(re.findall(r"\w+", text.lower())):
            found = self._postings.get(word, ())
            rarity = log(1 + (len(self._lengths) - len(found) + 0.5) / (len(found) + 0.5))
            for number, count in found:
                norm = _K1 * (1 - _B + _B * self._lengths[number] / self._average)
                scores[number] += rarity * count * (_K1 + 1) / (count + norm)
        return sorted(scores, key=lambda number: (-scores[number], number))[:limit]


class Tantivy:
    """tantivy's index of one text a company with its default tokeniser, asked for any of the words."""

    def __init__(self, companies: Sequence[Text]) -> None:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text")
        builder.add_unsigned_field("number", stored=True)
        self._index = tantivy.Index(builder.build())
        writer = self._index.writer(num_threads=1)
        for number, company in enumerate(companies):
            writer.add_document(tantivy.Document(text=whole_text(company), number=number))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def rank(self, text: str, limit: int) -> list[int]:
        """The best companies for a text, by their place in the collection."""
        query = self._index.parse_query(" ".join(re.findall(r"\w+", text.lower())), ["text"])
        found = self._searcher.search(query, limit).hits
        return [int(self._searcher.doc(address)["number"][0]) for _, address in found]
