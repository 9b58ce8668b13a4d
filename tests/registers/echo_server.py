"""A server that says what it was asked, for what is true of every register."""

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json


class Echo(LoopbackRegister):
    """Answers with what it was asked, unless a test says otherwise."""

    pages: dict[str, Said]

    def __init__(self) -> None:
        super().__init__()
        self.pages = {}

    def answer(self, asked: Asked) -> Said:
        return self.pages.get(asked.path) or said_json({"params": asked.params})
