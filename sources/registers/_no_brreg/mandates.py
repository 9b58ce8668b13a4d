"""Signature and procuration: Fullmakttjenesten, beside Enhetsregisteret on the same server.

The rule in free words is let go of in the stream, for it may name persons with their birth dates. That there is one is
kept: then nobody can say from what is here who may sign, and the register's own page has to be read.

Seen in recorded answers: the codes of status and basis, several combinations of one rule, the board's joint signature
(STYR) beside the rule. Only believed: that `NA` stands for a legal form that the service cannot answer for; that an
answer without a basis (`SI`) means nobody, and not that the service does not know.
"""

from collections.abc import Mapping
from typing import Any

from sources.kinds.json_stream import name_keys
from sources.kinds.mandate_api import MandateService, inner_object, standard_words
from sources.lookup import MandatesAnswer, Outcome
from sources.record import Mandate, MandateHolder

# every key of an answer: what is not read is here all the same, so that a new one is loud
KEYS = frozenset(
    (
        "oppslagsData.oppslagsTidspunkt oppslagsData.oppslagsIdent status.rutineStatus.kode "
        "status.rutineStatus.tekstforklaring status.rutineStatus.beskrivelse status.kombinasjonStatus.kode "
        "status.kombinasjonStatus.tekstforklaring status.regelStatus.kode status.regelStatus.tekstforklaring "
        "status.regelStatus.regelIdent enhet.organisasjonsnummer enhet.navn enhet.organisasjonsform.kode "
        "enhet.organisasjonsform.beskrivelse enhet.organisasjonsform.utgaatt enhet.konkurs enhet.underAvvikling "
        "enhet.underTvangsavviklingEllerTvangsopplosning signeringsGrunnlag signeringsGrunnlag.kode "
        "signeringsGrunnlag.tekstforklaring signeringsGrunnlag.signaturProkuraRoller "
        "signeringsGrunnlag.signaturProkuraRoller.personRolleGrunnlag "
        "signeringsGrunnlag.signaturProkuraRoller.personRolleGrunnlag.navn "
        "signeringsGrunnlag.signaturProkuraRoller.personRolleGrunnlag.rolle.kode "
        "signeringsGrunnlag.signaturProkuraRoller.personRolleGrunnlag.rolle.tekstforklaring "
        "signeringsGrunnlag.muligeSigneringsRoller signeringsGrunnlag.muligeSigneringsRoller.personRolleGrunnlag "
        "signeringsGrunnlag.muligeSigneringsRoller.personRolleGrunnlag.navn "
        "signeringsGrunnlag.muligeSigneringsRoller.personRolleGrunnlag.rolle.kode "
        "signeringsGrunnlag.muligeSigneringsRoller.personRolleGrunnlag.rolle.tekstforklaring signeringsKombinasjon "
        "signeringsKombinasjon.kombinasjon signeringsKombinasjon.kombinasjon.kode "
        "signeringsKombinasjon.kombinasjon.tekstforklaring signeringsKombinasjon.kombinasjon.kombinasjonsId "
        "signeringsKombinasjon.kombinasjon.personRolleKombinasjon "
        "signeringsKombinasjon.kombinasjon.personRolleKombinasjon.navn "
        "signeringsKombinasjon.kombinasjon.personRolleKombinasjon.rolle.kode "
        "signeringsKombinasjon.kombinasjon.personRolleKombinasjon.rolle.tekstforklaring"
    ).split()
)


def read_mandates(key: str, answers: Mapping[str, dict[str, Any] | None]) -> MandatesAnswer:
    """Who may sign for one entity; birth dates and free words were taken out before."""
    mandates: list[Mandate] = []
    rejects: list[tuple[str, str]] = []
    unanswered: list[str] = []
    for kind, answer in answers.items():
        if answer is not None and inner_object(answer, "enhet").get("organisasjonsnummer") not in (key, None):
            rejects.append(("other_company", f"the {kind} is another company's than the one asked for"))
            answer = None
        if answer is None:
            unanswered.append(kind)
        else:
            mandates += _read_kind(key, kind, answer)
    unknown = {name for answer in answers.values() for name in name_keys(answer)} - KEYS
    return MandatesAnswer(
        source_key=key,
        outcome=Outcome.FAILED if rejects else Outcome.HIT if mandates else Outcome.NO_DATA,
        unanswered=tuple(unanswered),
        mandates=tuple(mandates),
        rejects=tuple(rejects),
        unknown_keys=tuple(sorted(unknown)),
    )


def _read_kind(key: str, kind: str, answer: dict[str, Any]) -> list[Mandate]:
    status, basis = inner_object(answer, "status"), inner_object(answer, "signeringsGrunnlag")
    if inner_object(status, "rutineStatus").get("kode") != "OK":
        return [Mandate(source_key=key, kind=kind, state="not_told")]
    combinations = inner_object(answer, "signeringsKombinasjon").get("kombinasjon") or []
    found = {_read_combination(key, kind, one) for one in combinations}
    # in one order whatever the answer's, so that an answer in another order is no change
    mandates = sorted(found, key=lambda one: (one.rule_code or "", len(one.holders), repr(one.holders)))
    # where the rule was not understood by machine, what it says in words may add to the combinations
    is_understood = inner_object(status, "regelStatus").get("kode") == "RF" and mandates
    if "signaturProkuraRoller" in basis and not is_understood:
        mandates.append(Mandate(source_key=key, kind=kind, state="in_words"))
    if mandates:
        return mandates
    return [Mandate(source_key=key, kind=kind, state="none" if basis.get("kode") == "SI" else "not_told")]


def _read_combination(key: str, kind: str, one: dict[str, Any]) -> Mandate:
    people = one.get("personRolleKombinasjon") or []
    holders = tuple(
        sorted(
            (
                MandateHolder(
                    name=" ".join(str(person.get("navn") or "").split()) or None,
                    role_code=inner_object(person, "rolle").get("kode"),
                )
                for person in people
            ),
            key=repr,
        )
    )
    return Mandate(
        source_key=key,
        kind=kind,
        state="combination",
        rule_code=one.get("kode"),
        rule_text=standard_words(one.get("tekstforklaring"), holders),
        holders=holders,
    )


MANDATES = MandateService(
    paths={
        "signature": "../../fullmakt/enheter/{key}/signatur",
        "procuration": "../../fullmakt/enheter/{key}/prokura",
    },
    read=read_mandates,
)
