"""Sweden's weekly files on loopback: one ZIP a register, told apart by the moment of its last change, without ETag."""

import io
import zipfile

from tests.registers.loopback import Asked, LoopbackRegister, Said

MEMBERS = {
    "/bolagsverket/bolagsverket_bulkfil.zip": "bolagsverket_bulkfil.txt",
    "/scb/scb_bulkfil.zip": "scb_bulkfil_JE_20260706T120000_1.txt",
}


class SwedenServer(LoopbackRegister):
    """`publish` puts a week's file in place; `hears_dates` says whether If-Modified-Since is answered with 304."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, tuple[bytes, str]] = {}
        self.hears_dates = True

    def publish(self, path: str, text: bytes, *, changed: str) -> bytes:
        """The file's bytes as they are sent."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MEMBERS[path], text)
        self.files[path] = buffer.getvalue(), changed
        return buffer.getvalue()

    def answer(self, asked: Asked) -> Said:
        if asked.path not in self.files:
            return Said(status=404)
        body, changed = self.files[asked.path]
        if self.hears_dates and asked.headers.get("if-modified-since") == changed:
            return Said(status=304)
        return Said(body=body, headers={"Last-Modified": changed, "Content-Type": "application/zip"})
