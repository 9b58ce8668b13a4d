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
        self._answers: dict[int, tuple[Decision, ...]] = {}
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
    def answers(self) -> tuple[tuple[Decision, ...], ...]:
        """The answers given and not taken back, in the order of their records; each is one judgement or several."""
        return tuple(self._answers[place] for place in sorted(self._answers))

    def answer(self, verdict: str, *, number: int | None = None, why: str | None = None) -> tuple[Decision, ...]:
        """Judge the record (same, different or unsure), and go on to the next.

        `number` is that of one of the candidates to choose between (`MatchReason.near`, from 1). Without it "different"
        is said of all of them, and anything else of the best one.
        """
        reason = self._queue[self.place]
        if number is not None:
            meant = reason.near[number - 1 : number]
        else:
            meant = reason.near if verdict == "different" else reason.candidates[:1]
        made = tuple(
            judge(
                self._config,
                crm_id=reason.judged_as,
                record_id=reason.record_to_judge(candidate),
                verdict=verdict,
                why=why,
            )
            for candidate in meant
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
