"""Sweden's annual reports over a real socket: what is read, what is not believed, tokens that end, doors that are shut."""

import logging
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest

from sources.errors import LoginRefused, RetryableError, SourceAborted
from sources.http import PoliteClient
from sources.lookup import AccountsAnswer, Outcome
from sources.record import Account
from sources.registers import se_bolagsverket
from tests.registers.hvd_server import SECRET, HvdServer, archive, context, number, report, usual
from tests.registers.loopback import Said, said_json

ALFA, BETA, GAMMA = "5560172933", "5560000019", "5561234567"


@pytest.fixture
def hvd() -> Iterator[HvdServer]:
    with HvdServer() as server:
        yield server


@pytest.fixture
def client(hvd: HvdServer, make_client: Callable[..., PoliteClient]) -> PoliteClient:
    return make_client(environ=hvd.environ(), attempts=2)


def ask(client: PoliteClient, *keys: str) -> list[AccountsAnswer]:
    return list(se_bolagsverket.fetch_accounts(client, keys))


def only(client: PoliteClient) -> AccountsAnswer:
    [answer] = ask(client, ALFA)
    return answer


def test_the_latest_report_gives_its_period_and_the_one_before(hvd: HvdServer, client: PoliteClient) -> None:
    hvd.file(ALFA, archive(usual(ALFA, 2023)), to="2023-12-31", at="2024-06-01")
    latest = hvd.file(ALFA, archive(b"<html/>", usual(ALFA)))
    answer = only(client)
    assert (answer.outcome, answer.rejects, answer.unknown_keys) == (Outcome.HIT, (), ())
    assert answer.accounts == (
        Account(
            source_key=ALFA,
            kind="company",
            period_from=date(2024, 1, 1),
            period_to=date(2024, 12, 31),
            currency="SEK",
            revenue=Decimal(12_345_678),
            operating_result=Decimal(1_200_000),
            profit=Decimal(900_000),
            total_assets=Decimal(5_000_000),
            equity=Decimal(2_000_000),
            average_employees=Decimal(12),
        ),
        Account(
            source_key=ALFA,
            kind="company",
            period_from=date(2023, 1, 1),
            period_to=date(2023, 12, 31),
            currency="SEK",
            revenue=Decimal(1_000),
            operating_result=Decimal(1_000),
            profit=Decimal(1_000),
            total_assets=Decimal(1_000),
            equity=Decimal(1_000),
        ),
    )
    assert hvd.asked_for() == ["dokumentlista", f"dokument/{latest}"]


def test_of_two_reports_of_a_period_the_later_filed_counts(hvd: HvdServer, client: PoliteClient) -> None:
    hvd.file(ALFA, archive(usual(ALFA, Nettoomsattning="2")), at="2025-09-01")
    hvd.file(ALFA, archive(usual(ALFA, Nettoomsattning="1")), at="2025-06-01")
    assert only(client).accounts[0].revenue == 2


def test_larger_companies_state_thousands_losses_and_their_own_currency(hvd: HvdServer, client: PoliteClient) -> None:
    facts = [
        number("Nettoomsattning", "1 931 000", unit="EUR", scale="3", decimals="-3"),
        number("Nettoomsattning", "1 931 000 412", unit="EUR"),
        number("Rorelseresultat", "267 000", unit="EUR", scale="3", decimals="-3", sign="-"),
        number("MedelantaletAnstallda", "1 402,5", unit="antal-anstallda"),
        number("Nettoomsattning", "9", "period2", unit="EUR"),
    ]
    hvd.file(ALFA, archive(report(ALFA, facts)))
    [account] = only(client).accounts
    assert (account.currency, account.revenue, account.operating_result) == (
        "EUR",
        Decimal(1_931_000_412),
        Decimal(-267_000_000),
    )
    assert (account.average_employees, account.profit) == (Decimal("1402.5"), None)


def test_a_first_or_moved_year_is_not_a_calendar_year(hvd: HvdServer, client: PoliteClient) -> None:
    more = context("forsta", ALFA, "2023-07-05", "2024-12-31") + context("langt", ALFA, "2015-01-01", "2024-12-31")
    facts = [number("Nettoomsattning", "5", "forsta"), number("AretsResultat", "7", "langt")]
    hvd.file(ALFA, archive(report(ALFA, facts, more=more)))
    [account] = only(client).accounts
    assert (account.period_from, account.revenue, account.profit) == (date(2023, 7, 5), Decimal(5), None)


def test_parts_of_a_company_are_not_the_company(hvd: HvdServer, client: PoliteClient) -> None:
    member = "<xbrldi:explicitMember dimension='x:a'>x:b</xbrldi:explicitMember>"
    more = context("segment", ALFA, "2024-01-01", "2024-12-31", inside=member)
    facts = [number("Nettoomsattning", "5", "segment"), number("Nettoomsattning", "50", "period0")]
    hvd.file(ALFA, archive(report(ALFA, facts, more=more)))
    assert only(client).accounts[0].revenue == 50


def test_a_contradiction_and_an_unreadable_figure_are_left_out_and_told(hvd: HvdServer, client: PoliteClient) -> None:
    facts = [
        number("Nettoomsattning", "12 345"),
        number("Nettoomsattning", "12 345 678"),
        number("AretsResultat", "1.000"),
        number("Rorelseresultat", "7"),
        number("MedelantaletAnstallda", "20240101", unit="antal-anstallda", format=""),
    ]
    hvd.file(ALFA, archive(report(ALFA, facts)))
    answer = only(client)
    [account] = answer.accounts
    assert (account.operating_result, account.revenue, account.profit, account.average_employees) == (
        Decimal(7),
        None,
        None,
        None,
    )
    assert sorted(code for code, _ in answer.rejects) == [
        "contradicting_figures",
        "contradicting_figures",
        "unreadable_figure",
    ]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        pytest.param(usual(BETA), "other_company", id="of another company"),
        pytest.param(usual(ALFA, 2022), "bad_period", id="of another period"),
        pytest.param(report(ALFA, []), "no_figures", id="without figures"),
        pytest.param(report(ALFA, [number("Nettoomsattning", "5", unit="antal-anstallda")]), "missing_currency", id="no money"),
        pytest.param(
            report(ALFA, [number("Nettoomsattning", "5"), number("AretsResultat", "5", unit="EUR")]),
            "missing_currency",
            id="two currencies",
        ),
        pytest.param(b"%PDF", "report_unreadable", id="no XML"),
    ],
)  # fmt: skip
def test_a_report_that_cannot_be_trusted_is_a_reject(
    document: bytes, code: str, hvd: HvdServer, client: PoliteClient
) -> None:
    hvd.file(ALFA, archive(document))
    answer = only(client)
    assert (answer.outcome, answer.accounts) == (Outcome.FAILED, ())
    assert [each for each, _ in answer.rejects] == [code]


def test_a_number_may_be_spelt_in_other_ways(hvd: HvdServer, client: PoliteClient) -> None:
    for spelt in ("556017-2933", "165560172933"):
        hvd.file(ALFA, archive(usual(spelt)))
        assert only(client).outcome is Outcome.HIT


def test_a_company_without_reports_has_none_and_that_says_nothing_of_it(hvd: HvdServer, client: PoliteClient) -> None:
    hvd.filed[BETA] = [{"dokumentId": "lost", "rapporteringsperiodTom": "2024-12-31"}]
    assert [(each.source_key, each.outcome) for each in ask(client, ALFA, BETA)] == [
        (ALFA, Outcome.NO_DATA),
        (BETA, Outcome.NO_DATA),
    ]


def test_a_key_that_nobody_knows_is_told_and_an_odd_id_stays_below_its_address(
    hvd: HvdServer, client: PoliteClient
) -> None:
    hvd.filed[ALFA] = [{"dokumentId": "../../organisationer", "sprak": "sv"}]
    answer = only(client)
    assert answer.unknown_keys == ()
    assert hvd.asked[-1].path.endswith("/dokument/..%2F..%2Forganisationer")
    key = hvd.file(ALFA, archive(usual(ALFA)), to="2024-12-31")
    hvd.filed[ALFA] = [{**hvd.filed[ALFA][-1], "dokumentId": key, "sprak": "sv"}]
    answer = only(client)
    assert (answer.outcome, answer.unknown_keys) == (Outcome.HIT, ("dokument.sprak",))


def test_a_token_that_ends_in_the_middle_is_renewed(hvd: HvdServer, client: PoliteClient) -> None:
    for key in (ALFA, BETA, GAMMA):
        hvd.file(key, archive(usual(key)))
    hvd.tokens_hold = 3
    assert [each.outcome for each in ask(client, ALFA, BETA, GAMMA)] == [Outcome.HIT] * 3
    assert hvd.tokens == 2


def test_a_token_that_never_opens_the_door_is_renewed_once(hvd: HvdServer, client: PoliteClient) -> None:
    hvd.tokens_hold = 0
    with pytest.raises(
        LoginRefused, match=r"does not let these credentials in \(HTTP 401, to a new token too\)\. Look"
    ):
        only(client)
    assert hvd.tokens == 2


def test_a_token_of_which_its_end_is_said_is_renewed_before(hvd: HvdServer, client: PoliteClient) -> None:
    hvd.spoil(said_json({"access_token": "token-0", "expires_in": 10}))
    hvd.file(ALFA, archive(usual(ALFA)))
    assert only(client).outcome is Outcome.HIT
    assert [asked.path for asked in hvd.asked].count("/oauth2/token") >= 2


def test_a_forbidden_door_says_what_to_do(hvd: HvdServer, client: PoliteClient) -> None:
    hvd.forbids = True
    with pytest.raises(LoginRefused, match=r"HTTP 403\)\. Look at portal\.api\.bolagsverket\.se"):
        only(client)


def test_refused_credentials_are_named_and_never_shown(
    hvd: HvdServer, make_client: Callable[..., PoliteClient], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = make_client(environ=hvd.environ() | {"PROSPEKT_SE_BOLAGSVERKET_ID": "somebody"})
    with pytest.raises(LoginRefused) as caught:
        only(client)
    told = f"{caught.value!s} {caught.value!r} {caplog.text}"
    assert "credentials in PROSPEKT_SE_BOLAGSVERKET_ID and PROSPEKT_SE_BOLAGSVERKET_SECRET (HTTP 401)" in told
    assert SECRET not in told
    assert SECRET not in repr(hvd.asked[0].path)


@pytest.mark.parametrize("answer", [{}, [], {"access_token": None}, {"access_token": "a", "expires_in": "soon"}])
def test_a_token_that_is_none_ends_it(answer: object, hvd: HvdServer, client: PoliteClient) -> None:
    hvd.spoil(said_json(answer))
    with pytest.raises(SourceAborted, match="answered without a token"):
        only(client)


def test_what_is_missing_is_said_before_anything_is_asked(
    hvd: HvdServer, make_client: Callable[..., PoliteClient]
) -> None:
    environ = hvd.environ()
    assert se_bolagsverket.missing_credentials(make_client(environ=environ)) is None
    del environ["PROSPEKT_SE_BOLAGSVERKET_SECRET"]
    missing = se_bolagsverket.missing_credentials(make_client(environ=environ))
    assert missing is not None
    assert missing.startswith("annual reports need PROSPEKT_SE_BOLAGSVERKET_SECRET: sign up at portal.api")
    with pytest.raises(SourceAborted, match="are not set"):
        only(make_client(environ=environ))
    assert hvd.asked == []


def test_a_busy_service_and_one_that_fails(hvd: HvdServer, client: PoliteClient) -> None:
    for key in (ALFA, BETA, GAMMA):
        hvd.file(key, archive(usual(key)))
    ask(client, ALFA)
    token = said_json({"access_token": "token-2", "expires_in": 3600})
    hvd.tokens, hvd._left = 2, 100
    hvd.spoil(token, Said(status=503), Said(status=503), Said(status=500))
    assert [each.outcome for each in ask(client, ALFA, BETA, GAMMA)] == [
        Outcome.RATE_LIMITED,
        Outcome.FAILED,
        Outcome.HIT,
    ]
    hvd.spoil(token, *[Said(status=500)] * 5)
    with pytest.raises(RetryableError, match="fails on every company"):
        ask(client, *[ALFA] * 9)


def test_a_question_is_not_carried_to_where_the_answer_points(hvd: HvdServer, client: PoliteClient) -> None:
    hvd.spoil(Said(status=307, headers={"Location": hvd.origin + "/elsewhere"}))
    with pytest.raises(SourceAborted, match="redirects a question"):
        only(client)
