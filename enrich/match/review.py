"""One person's way through the records that wait: each answer is in the journal at once, and going back takes it back."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from db.journal import Decision
from enrich.config import Config
from enrich.decide import judge, undo_judgement
from enrich.match.reason import MatchReason

T = TypeVar("T")


class Walk(ABC, Generic[T]):
    """Stands at one of those that wait, from the first to behind the last.

    Nothing is held back to be written at the end: whoever is interrupted keeps every answer given.
    """

    def __init__(self, config: Config, waiting: Sequence[T]) -> None:
        self._config = config
        self._queue = list(waiting)
        self._answers: dict[int, tuple[Decision, ...]] = {}
        self.place = 0
        """How many records lie behind, answered or put off."""

    @property
    def total(self) -> int:
        """Records to go through."""
        return len(self._queue)

    @property
    def current(self) -> T | None:
        """The one to answer for; null behind the last."""
        return self._queue[self.place] if self.place < self.total else None

    @property
    def answers(self) -> tuple[tuple[Decision, ...], ...]:
        """The answers given and not taken back, in the order of their records; each is one judgement or several."""
        return tuple(self._answers[place] for place in sorted(self._answers))

    def answer(self, verdict: str, *, number: int | None = None, why: str | None = None) -> tuple[Decision, ...]:
        """Judge it (same, different or unsure), and go on to the next; `number` where one of several is chosen, from 1."""
        made = tuple(
            judge(self._config, crm_id=left_id, record_id=right_id, verdict=verdict, why=why)
            for left_id, right_id in self._meant(self._queue[self.place], verdict, number)
        )
        self._answers[self.place] = made
        self.place += 1
        return made

    def put_off(self) -> None:
        """Go on to the next without an answer; the record keeps waiting."""
        self.place += 1

    def go_back(self) -> tuple[Decision, ...]:
        """Go back by one and take the answer given there back; gives the judgements of that answer, if there was one."""
        if self.place == 0:
            return ()
        self.place -= 1
        given = self._answers.pop(self.place, ())
        for one in given:
            undo_judgement(self._config, one.decision_id, why="taken back during the review")
        return given

    @abstractmethod
    def _meant(self, waiting: T, verdict: str, number: int | None) -> Sequence[tuple[str, str]]:
        """The pairs that an answer is about."""


class Review(Walk[MatchReason]):
    """Records of the CRM; those without a candidate that may be shown are left out: there is nothing to say of them.

    Where several candidates are to be chosen between (`MatchReason.near`), "different" without a number is said of all of
    them, and anything else of the best one.
    """

    def __init__(self, config: Config, waiting: Sequence[MatchReason]) -> None:
        super().__init__(config, [each for each in waiting if each.candidates])

    def _meant(self, waiting: MatchReason, verdict: str, number: int | None) -> Sequence[tuple[str, str]]:
        if number is not None:
            meant = waiting.near[number - 1 : number]
        else:
            meant = waiting.near if verdict == "different" else waiting.candidates[:1]
        return [(waiting.judged_as, waiting.record_to_judge(candidate)) for candidate in meant]
