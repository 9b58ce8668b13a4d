"""How publishing reads the words of companies."""

import hashlib

from db.words import Reading
from enrich.words.analyse import analyse_words
from enrich.words.languages import DEFAULT, country_languages, languages

_VERSION = 3
"""Raised when `db/queries/publish/words_read.sql` makes other words of the same text."""


def words_reading() -> Reading:
    """The reading that `db.words.write_words` takes; its version follows the stop words by itself."""
    stop_words = {code: language.stop_words for code, language in languages().items()}
    said = repr([(code, sorted(words)) for code, words in stop_words.items()])
    return Reading(
        analyse=analyse_words,
        country_languages=country_languages(),
        default_language=DEFAULT,
        stop_words=stop_words,
        version=f"{_VERSION}:{hashlib.sha256(said.encode()).hexdigest()[:12]}",
    )
