"""Commands that explain a verdict: match why, match why-not; as a waterfall of bits, in text or as an SVG."""

import shutil
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enrich.cli.endings import check_ending
from enrich.cli.output import one_line, print_json
from enrich.cli.session import Session, command
from enrich.cli.taking_in import YesOption

if TYPE_CHECKING:
    from enrich.decide import StandingJudgement
    from enrich.gate import Readers
    from enrich.match.model import Evidence
    from enrich.match.reason import CandidateReason, Change, MatchReason
    from enrich.match.waterfall import Waterfall

RecordArgument = Annotated[str, typer.Argument(metavar="CONTACT", help="CRM contact or company: id, e-mail or name.")]
SvgOption = Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Draw it into an SVG file too.")]
NAMED_CHANGES = 4
"""Changes, and earlier verdicts, that are told at most."""
LABEL = 30
"""Letters from which what a comparison is called loses what stands after its first comma."""


def add_commands(group: typer.Typer) -> None:
    """Add `why` and `why-not` to `match`."""
    command(
        group,
        "why",
        examples=(
            "prospekt match why 1023411",
            'prospekt match why "Fjordkode" --svg fjordkode.svg',
            "prospekt match why 1023411 --as-of 2026-11-01",
        ),
    )(why)
    command(group, "why-not", examples=("prospekt match why-not kari@example.com NO:923609016",))(why_not)


def why(
    session: Session,
    name: RecordArgument,
    svg: SvgOption = None,
    yes: YesOption = False,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", metavar="D", formats=["%Y-%m-%d"], help="As it was on that day.")
    ] = None,
) -> None:
    """Say why a CRM record was taken for a company. Draws what each comparison weighs, and says what would turn it."""
    from enrich.errors import InputInvalid
    from enrich.gate import open_readers
    from enrich.match.explain import explain_match

    check_ending(svg, "--svg", ".svg")
    session.ask_to_replace(svg, other="--svg names another file", yes=yes)
    then = None if as_of is None else as_of.replace(hour=23, minute=59, second=59, microsecond=999_999, tzinfo=UTC)
    if as_of is not None and as_of.date() > datetime.now(UTC).date():
        raise InputInvalid(f"{as_of:%Y-%m-%d} is to come. For the verdict that stands leave --as-of out.")
    with open_readers(session.config, why="match why") as readers:
        _show(session, readers, explain_match(readers, name, as_of=then), svg)


def why_not(
    session: Session,
    name: RecordArgument,
    company: Annotated[str, typer.Argument(metavar="COMPANY", help="Number (NO:923609016), our id, or name.")],
    svg: SvgOption = None,
    yes: YesOption = False,
) -> None:
    """Say what speaks against one company. Also for companies that were never a candidate."""
    from enrich.gate import open_readers
    from enrich.match.explain import compare_match

    check_ending(svg, "--svg", ".svg")
    session.ask_to_replace(svg, other="--svg names another file", yes=yes)
    with open_readers(session.config, why="match why-not") as readers:
        _show(session, readers, compare_match(readers, name, company), svg)


def _show(session: Session, readers: "Readers", reason: "MatchReason", svg: Path | None) -> None:
    from enrich.search import read_as_of

    if svg is not None:
        _write_svg(session, reason, svg)
    if session.as_json:
        sources = readers.warehouse.rows("search/sources")
        print_json("match-why/1", reason, as_of=read_as_of(readers), sources=sources)
    else:
        print_reason(reason)


def _write_svg(session: Session, reason: "MatchReason", path: Path) -> None:
    from enrich.errors import InputInvalid
    from enrich.match.waterfall import draw_svg

    if not reason.candidates:
        raise InputInvalid(f"{one_line(reason.told)} has no candidate: there is nothing to draw.")
    try:
        path.write_text(draw_svg([_as_waterfall(reason, each) for each in reason.candidates]), encoding="utf-8")
    except OSError as error:
        raise InputInvalid(
            f"{path} cannot be written ({error.strerror}): name a file in a folder that is there."
        ) from error
    session.say(f"Drawn in {path}.")


def print_reason(reason: "MatchReason") -> None:
    """Print the verdict, a waterfall for each candidate, and what would turn it."""
    from enrich.match.waterfall import draw_text

    width = max(30, min(shutil.get_terminal_size().columns, 110))
    _print_wrapped(f"{_title(reason)}: {_verdict(reason)}", width)
    if reason.judged_as != reason.crm_id:
        _print_wrapped("It has the verdict on its company in the CRM, which is explained here.", width)
    for judgement in reason.judgements:
        _print_wrapped(_judged(judgement, reason), width)
    if not reason.candidates:
        print("No company of the registers came near.")
    if reason.is_named_anew:
        named = reason.candidates[0]
        _print_wrapped(
            f"{named.id_label} {one_line(named.name)} was no candidate: people named it. It is compared here by what both "
            "state today.",
            width,
        )
    for candidate in reason.candidates:
        fall = _as_waterfall(reason, candidate)
        print(f"\n{fall.title}")
        _print_wrapped(fall.subtitle, width)
        print("\n" + "\n".join(draw_text(fall, width=width)))
        _print_wrapped(_idle(candidate), width)
        _print_wrapped(_since(candidate), width)
    for line in (*_rivalry(reason), *_turning(reason)):
        print()
        _print_wrapped(line, width)
    if reason.earlier:
        print("\nEarlier verdicts (see one with --as-of):")
    for past in reason.earlier[:NAMED_CHANGES]:
        chance = "" if past.probability is None else f" {past.probability:.0%}"
        print(
            f"  until {past.replaced_at:%Y-%m-%d %H:%M}: {past.state}{chance}, by {past.decided_by}, {past.record_id or 'nobody'}"
        )


def _print_wrapped(text: str, width: int) -> None:
    for line in textwrap.wrap(text, width):
        print(line)


def _title(reason: "MatchReason") -> str:
    return f"{one_line(reason.told)} ({reason.kind} {reason.crm_key or reason.crm_id})"


def _verdict(reason: "MatchReason") -> str:
    when = f"{reason.matched_at:%Y-%m-%d %H:%M}"
    if reason.replaced_at is not None:
        when += f", replaced {reason.replaced_at:%Y-%m-%d %H:%M}"
    return f"{reason.state}, by {reason.decided_by} ({when})"


def _judged(judgement: "StandingJudgement", reason: "MatchReason") -> str:
    names = {one: f"{each.id_label} {one_line(each.name)}" for each in reason.candidates for one in each.record_ids}
    because = f": {one_line(judgement.why)}" if judgement.why else ""
    return (
        f"{one_line(judgement.decided_by)} said {judgement.verdict} of {names.get(judgement.record_id, judgement.record_id)} "
        f"on {judgement.decided_at:%Y-%m-%d}{because} (decision {judgement.decision_id})"
    )


def _percent(probability: float, accept: float) -> str:
    """A probability with as many digits as tell on which side of the threshold it is.

    >>> _percent(0.897, 0.9), _percent(0.87, 0.9), _percent(0.9, 0.9)
    ('89.7%', '87%', '90%')
    """
    told = (f"{probability:.{digits}%}" for digits in range(4))
    is_accepted = probability >= accept
    return next(
        (text for text in told if (float(text[:-1]) >= round(100 * accept, 6)) == is_accepted), f"{probability:.4%}"
    )


def _as_waterfall(reason: "MatchReason", candidate: "CandidateReason") -> "Waterfall":
    from enrich.match.turn import bits_short
    from enrich.match.waterfall import Step, Waterfall

    place = reason.candidates.index(candidate)
    short = (
        reason.turn.bits_short
        if reason.turn is not None and reason.turns_on == place
        else bits_short([each.probability for each in reason.candidates], place, reason.accept)
    )
    rivals = (
        ""
        if f"{candidate.alone:.0%}" == f"{candidate.probability:.0%}"
        else f"; {candidate.alone:.0%} were it the only one"
    )
    seen = f", records of {candidate.record_known_from:%Y-%m-%d}" if candidate.record_known_from else ""
    return Waterfall(
        title=f"{candidate.id_label} {one_line(candidate.name)}{', ' if candidate.city else ''}{one_line(candidate.city)}",
        subtitle=f"{_percent(candidate.probability, reason.accept)} for {one_line(reason.told)}{rivals}. Accepted from {reason.accept:.0%}. "
        f"Model {candidate.model_version}{seen}.",
        steps=(
            Step(label="Before any comparison", weight=candidate.base, found="few of those that come near are it"),
            *(
                Step(label=_subject(each), weight=each.weight, found=_found(each))
                for each in candidate.evidence
                if each.weight
            ),
        ),
        threshold=None if short is None else candidate.score + short,
    )


def _subject(evidence: "Evidence") -> str:
    subject = evidence.sentence.partition(":")[0]
    return subject if len(subject) <= LABEL else subject.partition(",")[0]


def _found(evidence: "Evidence") -> str:
    """What was found, with both values where they differ."""
    found = evidence.sentence.partition(": ")[2].rstrip(".")
    left, right = values_of(evidence)
    values = left or right if left == right or not (left and right) else f"{left} / {right}"
    return values if found == "some" else f"{found}: {values}" if values else found


def values_of(evidence: "Evidence") -> tuple[str, str]:
    """Both values as people read them; a legal form by what it is called, not by its class."""
    from enrich.match.form_labels import label_of

    if evidence.comparison == "legal_form":
        return label_of(evidence.left_value), label_of(evidence.right_value)
    return one_line(evidence.left_value), one_line(evidence.right_value)


def _idle(candidate: "CandidateReason") -> str:
    idle = [f"{_subject(each)} ({_found(each)})" for each in candidate.evidence if not each.weight]
    return f"Compared too, of no weight: {'; '.join(idle)}." if idle else ""


def _since(candidate: "CandidateReason") -> str:
    """What the evidence saw is not what is there now: said, with what changed."""
    if not candidate.since:
        return ""
    seen = min(filter(None, (candidate.record_known_from, candidate.crm_known_from)))
    changes = "; ".join(_change(each) for each in candidate.since[:NAMED_CHANGES])
    return f"Seen as of {seen:%Y-%m-%d}; since then {changes}."


def _change(change: "Change") -> str:
    where = "the CRM record" if change.side == "crm" else f"the {change.what} in the register"
    values = f" from {one_line(change.before)} to {one_line(change.after)}" if change.before or change.after else ""
    at = "" if change.changed_at is None else f" on {change.changed_at:%Y-%m-%d}"
    return f"{where} changed{values}{at}"


def _rivalry(reason: "MatchReason") -> list[str]:
    """Why the runner-up keeps the best one from being accepted, what tells the two apart, and what would settle it."""
    from enrich.match.facts import told_apart

    rival = reason.rival
    if rival is None:
        return []
    best = reason.candidates[0]
    mine, theirs = ({each.comparison: each for each in one.evidence} for one in (best, rival))
    apart = [
        f"{_subject(mine.get(name) or theirs[name])} ({_weight(mine.get(name))} against {_weight(theirs.get(name))})"
        for name in dict.fromkeys((*mine, *theirs))
        if _weight(mine.get(name)) != _weight(theirs.get(name))
    ]
    told = (
        f"Only these tell them apart, in bits: {'; '.join(apart)}."
        if apart
        else "Nothing that was compared tells them apart."
    )
    near = f"{rival.probability:.0%} against {best.probability:.0%}"
    state = "Ambiguous" if reason.state == "ambiguous" else "In review"
    same_name = " They bear one name." if one_line(rival.name).casefold() == one_line(best.name).casefold() else ""
    lines = [f"{state}: {rival.id_label} {one_line(rival.name)} comes too near, {near}.{same_name} {told}"]
    if reason.replaced_at is None:
        stated = told_apart([best.facts, rival.facts])
        facts = "; ".join(f"{what} {one or 'not stated'} / {other or 'not stated'}" for what, (one, other) in stated)
        lines.append(f"What the registers tell them apart by: {one_line(facts)}.")
        record = reason.crm_key or reason.crm_id
        lines.append(
            f"Who knows which one it is settles it: prospekt match review {record} --verdict same --company {best.id_label} "
            f"(or {rival.id_label})."
        )
    return lines


def _weight(evidence: "Evidence | None") -> str:
    return f"{0.0 if evidence is None else evidence.weight:+.1f}"


def _turning(reason: "MatchReason") -> list[str]:
    """How far it is from acceptance, and what would turn it."""
    turn = reason.turn
    if turn is None or turn.bits_short is None:
        return []
    if turn.bits_short <= 0 and reason.state == "accepted":
        stands = ", ".join(f"{_subject(each)} ({each.weight:+.1f})" for each in turn.stands_on)
        needed = f"It would not be without: {stands}" if stands else "It needs no single piece of evidence"
        return [f"Accepted with {-turn.bits_short:.1f} bits to spare. {needed}."]
    short = f"{turn.bits_short:.1f} bits short of acceptance" if turn.bits_short > 0 else "Not accepted as it is"
    if not turn.enough:
        return [
            f"{short}. Nothing that the register states of it would be enough if the CRM did too, nor two such things."
        ]
    enough = "; ".join(
        f"{each.change} ({each.bits:+.1f} bits, then {each.probability:.0%})" for each in turn.enough[:NAMED_CHANGES]
    )
    return [f"{short}. Enough, if the CRM stated it too: {enough}."]
