"""One person's way through the records that wait: each answer is in the journal at once, and going back takes it back."""

from collections.abc import Sequence

from db.journal import Decision
from enrich.config import Config
from enrich.decide import judge, undo_judgement
from enrich.match.reason import MatchReason


class Review:
    """Stands at one of the records that wait, from the first to behind the last.

    Nothing is held back to be written at the end: whoever is interrupted keeps every answer given. Records without a
    candidate that may be shown are left out: there is nothing to say of them.
    """

    def __init__(self, config: Config, waiting: Sequence[MatchReason]) -> None:
        self._config = config
        self._queue = [each for each in waiting if each.candidates]
        self._answers: dict[int, Decision] = {}
        self.place = 0
        """How many records lie behind, answered or put off."""

    @property
    def total(self) -> int:
        """Records to go through."""
        return len(self._queue)

    @property
    def current(self) -> MatchReason | None:
        """The record to answer for; null behind the last."""
        return self._queue[self.place] if self.place < self.total else None

    @property
    def answers(self) -> tuple[Decision, ...]:
        """The judgements given and not taken back, in the order of their records."""
        return tuple(self._answers[place] for place in sorted(self._answers))

    def answer(self, verdict: str, *, why: str | None = None) -> Decision:
        """Judge the record and its best candidate (same, different or unsure), and go on to the next."""
        reason = self._queue[self.place]
        made = judge(
            self._config,
            crm_id=reason.judged_as,
            record_id=reason.to_judge,
            verdict=verdict,
            why=why,
        )
        self._answers[self.place] = made
        self.place += 1
        return made

    def put_off(self) -> None:
        """Go on to the next without an answer; the record keeps waiting."""
        self.place += 1

    def go_back(self) -> Decision | None:
        """Go back by one and take the answer given there back; gives that answer, null where there was none."""
        if self.place == 0:
            return None
        self.place -= 1
        given = self._answers.pop(self.place, None)
        if given is not None:
            undo_judgement(self._config, given.decision_id, why="taken back during the review")
        return given
