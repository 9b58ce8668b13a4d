"""A register on loopback that answers for one number at a time: JSON at fixed paths, 404 elsewhere, behind a login or not."""

import base64

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json


class NumbersServer(LoopbackRegister):
    """`answers` maps paths (with their parameters, if they matter) to what is said there; `login` is user and password."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, object] = {}
        self.login: tuple[str, str] | None = None

    def answer(self, asked: Asked) -> Said:
        if self.login is not None:
            wanted = "Basic " + base64.b64encode(":".join(self.login).encode()).decode()
            if asked.headers.get("authorization") != wanted:
                return said_json({"error": "Unauthorized"}, 401)
        register = asked.params.get("rejestr", "")
        for path in (f"{asked.path}?rejestr={register}", asked.path):
            if path in self.answers:
                return said_json(self.answers[path])
        return said_json({"kod": "NENALEZENO"}, 404)
