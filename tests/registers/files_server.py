"""A register on loopback that publishes whole files at fixed addresses, told apart by the moment of their last change."""

import io
import struct
import zipfile

from tests.registers.loopback import Asked, LoopbackRegister, Said


def zipped(text: bytes, name: str = "data") -> bytes:
    """An archive with one file, as registers pack them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def marked(archive: bytes, *, flags: int = 0, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of one file that says so of its packing, in both of its headers."""
    said, entry = bytearray(archive), archive.index(b"PK\x01\x02")
    for flags_at in (6, entry + 8):
        said[flags_at : flags_at + 4] = struct.pack("<2H", flags, method)
    return bytes(said)


class FilesServer(LoopbackRegister):
    """Serves what `publish` put in place, and parts of it where `sends_parts`; anything else is 404."""

    def __init__(self) -> None:
        super().__init__()
        self._files: dict[str, tuple[bytes, str]] = {}
        self.sends_parts = True

    def publish(self, path: str, body: bytes, *, changed: str = "Mon, 06 Jul 2026 01:27:00 GMT") -> None:
        self._files[f"/{path}"] = body, changed

    def answer(self, asked: Asked) -> Said:
        if asked.path not in self._files:
            return Said(status=404)
        body, changed = self._files[asked.path]
        if asked.headers.get("if-modified-since") == changed:
            return Said(status=304)
        headers = {"Last-Modified": changed, "Content-Type": "application/octet-stream"}
        if not self.sends_parts:
            return Said(body=body, headers=headers)
        headers |= {"Accept-Ranges": "bytes"}
        # what has changed since comes whole (RFC 9110, 13.1.5)
        if "range" not in asked.headers or asked.headers.get("if-range", changed) != changed:
            return Said(body=body, headers=headers)
        start = int(asked.headers["range"].removeprefix("bytes=").removesuffix("-"))
        if start >= len(body):
            return Said(status=416, headers={"Content-Range": f"bytes */{len(body)}"})
        part = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
        return Said(status=206, body=body[start:], headers=headers | part)
