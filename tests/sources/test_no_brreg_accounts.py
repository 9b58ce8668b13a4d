"""Norway's accounts over a real socket: what is read, what is not trusted, and a service that fails now and then."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sources.errors import RetryableError, SourceAborted
from sources.http import PoliteClient
from sources.lookup import AccountsAnswer, Outcome
from sources.record import Account
from sources.registers import no_brreg
from tests.registers.brreg_server import BrregServer, filed
from tests.registers.loopback import Said
from tests.sources.conftest import Pauses

Client = Callable[[BrregServer], PoliteClient]
EQUINOR, BANK, KIOSK, FARM, SALMON = "923609016", "984851006", "974760673", "810034882", "964118191"


def only(answers: Any) -> AccountsAnswer:
    [answer] = answers
    assert isinstance(answer, AccountsAnswer)
    return answer


def test_figures_are_read_in_the_currency_they_were_filed_in(brreg: BrregServer, client: Client) -> None:
    brreg.accounts[SALMON] = [
        {
            "id": 6300613,
            "journalnr": "2025741982",
            "regnskapstype": "SELSKAP",
            "virksomhet": {"organisasjonsnummer": SALMON, "organisasjonsform": "ASA", "morselskap": True},
            "regnskapsperiode": {"fraDato": "2024-01-01", "tilDato": "2024-12-31"},
            "valuta": "EUR",
            "avviklingsregnskap": False,
            "oppstillingsplan": "store",
            "revisjon": {"ikkeRevidertAarsregnskap": False, "fravalgRevisjon": False},
            "regnkapsprinsipper": {"smaaForetak": False, "regnskapsregler": "regnskapslovenAlminneligRegler"},
            "egenkapitalGjeld": {
                "sumEgenkapitalGjeld": 6440000000.0,
                "egenkapital": {
                    "sumEgenkapital": 2919000000.0,
                    "opptjentEgenkapital": {"sumOpptjentEgenkapital": 1239000000.0},
                    "innskuttEgenkapital": {"sumInnskuttEgenkaptial": 1680000000.0},
                },
                "gjeldOversikt": {
                    "sumGjeld": 3521000000.0,
                    "kortsiktigGjeld": {"sumKortsiktigGjeld": 1666000000.0},
                    "langsiktigGjeld": {"sumLangsiktigGjeld": 1855000000.0},
                },
            },
            "eiendeler": {
                "sumEiendeler": 6440000000.0,
                "omloepsmidler": {"sumOmloepsmidler": 1591000000.0},
                "anleggsmidler": {"sumAnleggsmidler": 4849000000.0},
            },
            "resultatregnskapResultat": {
                "ordinaertResultatFoerSkattekostnad": 238000000.0,
                "aarsresultat": 194000000.0,
                "finansresultat": {
                    "nettoFinans": -29000000.0,
                    "finansinntekt": {"sumFinansinntekter": 135000000.0},
                    "finanskostnad": {"sumFinanskostnad": 164000000.0},
                },
                "driftsresultat": {
                    "driftsresultat": 267000000.0,
                    "driftsinntekter": {"sumDriftsinntekter": 1931000000.0},
                    "driftskostnad": {"sumDriftskostnad": 1664000000.0},
                },
            },
        }
    ]
    answer = only(no_brreg.fetch_accounts(client(brreg), [SALMON]))
    assert answer == AccountsAnswer(
        source_key=SALMON,
        outcome=Outcome.HIT,
        accounts=(
            Account(
                source_key=SALMON,
                kind="company",
                period_from=date(2024, 1, 1),
                period_to=date(2024, 12, 31),
                currency="EUR",
                revenue=Decimal(1_931_000_000),
                operating_result=Decimal(267_000_000),
                profit=Decimal(194_000_000),
                total_assets=Decimal(6_440_000_000),
                equity=Decimal(2_919_000_000),
            ),
        ),
    )
    assert brreg.asked[-1].path == f"/regnskapsregisteret/regnskap/{SALMON}"


def test_zero_is_stated_what_is_absent_is_unknown_and_losses_are_negative(brreg: BrregServer, client: Client) -> None:
    brreg.accounts[KIOSK] = [
        filed(KIOSK, resultatregnskapResultat={"aarsresultat": 0, "driftsresultat": {"driftsresultat": -0.5}})
    ]
    [account] = only(no_brreg.fetch_accounts(client(brreg), [KIOSK])).accounts
    assert (account.profit, account.revenue, account.operating_result) == (Decimal(0), None, Decimal("-0.50"))
    assert account.equity == Decimal(-120_000)


def test_group_accounts_are_told_from_the_companys_and_the_later_filing_of_a_period_counts(
    brreg: BrregServer, client: Client
) -> None:
    corrected = filed(KIOSK, id=9, eiendeler={"sumEiendeler": 9})
    brreg.accounts[KIOSK] = [corrected, filed(KIOSK, id=8), filed(KIOSK, id=7, regnskapstype="KONSERN")]
    accounts = only(no_brreg.fetch_accounts(client(brreg), [KIOSK])).accounts
    assert {(each.kind, each.total_assets) for each in accounts} == {
        ("company", Decimal(9)),
        ("group", Decimal(2_500_000)),
    }


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        ({"virksomhet": {"organisasjonsnummer": BANK}}, "other_company"),
        ({"regnskapstype": "DELÅR"}, "unknown_kind"),
        ({"regnskapsperiode": {"fraDato": "2024-01-01"}}, "bad_period"),
        ({"regnskapsperiode": {"fraDato": "2025-01-01", "tilDato": "2024-12-31"}}, "bad_period"),
        ({"regnskapsperiode": {"tilDato": "2024-02-30"}}, "bad_period"),
        ({"valuta": "valutakode"}, "missing_currency"),
        ({"valuta": None}, "missing_currency"),
        ({"eiendeler": {"sumEiendeler": "mye"}}, "bad_amount"),
        ({"eiendeler": {"sumEiendeler": 1e30}}, "bad_amount"),
    ],
)
def test_accounts_that_cannot_be_trusted_are_rejected(
    spoilt: dict[str, Any], code: str, brreg: BrregServer, client: Client
) -> None:
    brreg.accounts[KIOSK] = [filed(KIOSK) | spoilt]
    answer = only(no_brreg.fetch_accounts(client(brreg), [KIOSK]))
    assert (answer.outcome, answer.accounts, [each for each, _ in answer.rejects]) == (Outcome.FAILED, (), [code])


def test_a_key_that_is_not_declared_is_named(brreg: BrregServer, client: Client) -> None:
    brreg.accounts[KIOSK] = [filed(KIOSK, baerekraft={"utslipp": {"scope1": 3}})]
    answer = only(no_brreg.fetch_accounts(client(brreg), [KIOSK]))
    assert (answer.outcome, answer.unknown_keys) == (Outcome.HIT, ("baerekraft.utslipp.scope1",))


def test_bursts_of_503_are_waited_out(brreg: BrregServer, client: Client, pauses: Pauses) -> None:
    brreg.accounts |= {KIOSK: [filed(KIOSK)], FARM: [filed(FARM)]}
    brreg.spoil(*[Said(status=503)] * 4)
    outcomes = [answer.outcome for answer in no_brreg.fetch_accounts(client(brreg), [KIOSK, FARM])]
    assert outcomes == [Outcome.HIT, Outcome.HIT]
    assert sum(asked.path.endswith(KIOSK) for asked in brreg.asked) == 5
    assert pauses.longest() >= 8


def test_a_bank_on_which_the_service_fails_for_ever_stops_nobody_and_is_asked_once(
    brreg: BrregServer, client: Client
) -> None:
    brreg.accounts |= {KIOSK: [filed(KIOSK)]}
    brreg.fails_on.add(BANK)
    answers = list(no_brreg.fetch_accounts(client(brreg), [BANK, FARM, KIOSK]))
    assert [answer.outcome for answer in answers] == [Outcome.FAILED, Outcome.NO_DATA, Outcome.HIT]
    assert sum(BANK in asked.path for asked in brreg.asked) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_service_that_is_down_says_nothing_of_any_company(status: int, brreg: BrregServer, client: Client) -> None:
    brreg.accounts[KIOSK] = [filed(KIOSK)]
    answers = no_brreg.fetch_accounts(client(brreg), [KIOSK, EQUINOR, BANK, FARM, SALMON, KIOSK])
    assert next(answers).outcome is Outcome.HIT
    brreg.spoil(*[Said(status=status, body=b"{}")] * 100)
    with pytest.raises(RetryableError):
        next(answers)


def test_another_refusal_ends_it(brreg: BrregServer, client: Client) -> None:
    brreg.spoil(Said(status=401, body=b"{}"))
    with pytest.raises(SourceAborted, match="401"):
        list(no_brreg.fetch_accounts(client(brreg), [KIOSK]))
