"""Text that was UTF-8 once and was read as Windows-1252 on its way, once or twice: put right where that is certain."""

import re

_BYTES = {chr(byte): byte for byte in range(0x80, 0xF5)}
_BYTES |= {bytes([byte]).decode("cp1252"): byte for byte in range(0x80, 0xF5) if byte not in b"\x81\x8d\x8f\x90\x9d"}
_FOLLOWS = "".join(re.escape(letter) for letter, byte in _BYTES.items() if byte < 0xC0)
# Å and Ä lead too, to letters of Polish or Latvian, but `BLÅ–GRØNN` is no mojibake: only leads that no word ends with
_BROKEN = re.compile(f"[ÃÂ][{_FOLLOWS}]|â[€‚„†‡ˆ‰][{_FOLLOWS}]")
MOST_TIMES = 2


def repair(text: str) -> str:
    """The text as it was meant, where parts of it are UTF-8 read as Windows-1252; any other text as it is.

    Letters of Western Europe, quotes, dashes and the euro sign are put right. `Ã` alone, or before a letter, was meant so.

    >>> repair("KjÃ¸p av mÃ¸temat â€“ Ã˜stfold"), repair("Kjøp av «Ã¸l»"), repair("KjÃƒÂ¸p")
    ('Kjøp av møtemat – Østfold', 'Kjøp av «øl»', 'Kjøp')
    >>> repair("MÃO DE OBRA, SÃO PAULO"), repair("«BLÅ–GRØNN», “SJØ”, 25 °C"), repair("100 â‚¬")
    ('MÃO DE OBRA, SÃO PAULO', '«BLÅ–GRØNN», “SJØ”, 25 °C', '100 €')
    """
    for _ in range(MOST_TIMES):
        mended = _BROKEN.sub(_meant, text)
        if mended == text:
            break
        text = mended
    return text


def _meant(found: re.Match[str]) -> str:
    try:
        meant = bytes(_BYTES[letter] for letter in found[0]).decode("utf-8")
    except UnicodeDecodeError:
        return found[0]
    return meant if meant.isprintable() or meant == "\N{NO-BREAK SPACE}" else found[0]
