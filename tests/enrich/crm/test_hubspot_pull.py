"""A HubSpot account pulled over a real socket: all of it once, what changes from then on, who is gone, who was erased."""

from pathlib import Path

import pytest

from db.warehouse import Warehouse
from enrich import decide
from enrich import refresh as refreshing
from enrich.cli.exits import LATER, exit_code_of
from enrich.config import Config
from enrich.crm.take_in import import_file
from enrich.erase import erase
from enrich.errors import ConfirmationNeeded, InputInvalid
from sources.errors import LoginRefused, RetryableError, SourceAborted
from sources.source import Coverage
from tests.enrich.crm.conftest import Pull
from tests.enrich.crm.pulled_account import bytes_anywhere, everything, figures, fill, held, make_config
from tests.registers.hubspot_server import PORTAL, TOKEN, HubspotServer, too_many
from tests.registers.loopback import Asked, Said, said_json


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return make_config(tmp_path / "data")


def test_everything_is_taken_in_as_an_import_takes_it(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    company, contact, deal = fill(hubspot)
    planned = pull(dry_run=True)
    assert {one.landed and one.landed.added for one in planned.deliveries} == {1, 2}
    report = pull()
    assert (
        figures(report)
        == figures(planned)
        == {
            "owners": (2, 2, 0, 0, 0, 0),
            "companies": (1, 1, 0, 0, 0, 0),
            "contacts": (1, 1, 0, 0, 0, 0),
            "deals": (1, 1, 0, 0, 0, 0),
        }
    )
    found = everything(config)
    [firm], [person], [sale] = found["company"], found["contact"], found["deal"]
    assert [(one["name"], one["is_active"]) for one in found["owner"]] == [("Ola Hansen", True), ("Eva Berg", False)]
    assert firm["crm_id"] == f"hubspot:{PORTAL}:company:{company}"
    assert (firm["domains"], firm["employees_low"], str(firm["revenue_amount"])) == (
        ["fjordkode.no"],
        12,
        "1234567.50",
    )
    assert (firm["owner_id"], firm["lifecycle_stage"], firm["country_code"]) == ("7", "customer", "NO")
    assert person["crm_id"] == f"hubspot:{PORTAL}:contact:{contact}"
    assert (person["company_crm_key"], person["phone"], person["owner_id"]) == (company, "+4722225555", "8")
    assert person["lifecycle_stage"] == "918273", "a stage of the team's own stays as it is"
    assert sale["crm_id"] == f"hubspot:{PORTAL}:deal:{deal}"
    assert (sale["stage"], sale["stage_original"], sale["company_crm_keys"]) == ("won", "4711", [company])
    assert (str(sale["amount"]), sale["currency"], str(sale["closed_date"])) == ("1000.50", "NOK", "2026-02-01")
    assert not bytes_anywhere(config, TOKEN, "1970-01-02")
    assert not list((config.data / "landing").rglob("*.parquet"))
    hubspot.tick(days=1)
    assert {one.outcome for one in pull().deliveries} == {"unchanged"}


def test_a_dry_run_keeps_nothing(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    fill(hubspot)
    pull(dry_run=True)
    assert everything(config) == {"owner": [], "company": [], "contact": [], "deal": []}
    assert pull().deliveries[1].coverage == "complete"


def test_who_wants_no_mail_is_heard(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    stated: dict[str, tuple[dict[str, str | None], bool | None]] = {
        "out": ({"hs_email_optout": "true"}, True),
        "in": ({"hs_email_optout": "false"}, False),
        "silent": ({}, None),
        "out-in-part": ({"hs_email_optout": "false", "unsubscribed": "true"}, True),
        "unclear": ({"hs_email_optout": "perhaps"}, True),
    }
    for name, (properties, _) in stated.items():
        hubspot.put("contacts", email=f"{name}@fjordkode.no", **properties)
    pull()
    heard = {one["email"]: one.get("has_opted_out") for one in held(config, "contact")}
    assert heard == {f"{name}@fjordkode.no": expected for name, (_, expected) in stated.items()}


def test_what_changes_is_followed(hubspot: HubspotServer, config: Config, pull: Pull, said: list[str]) -> None:
    company, contact, deal = fill(hubspot)
    other = hubspot.put("companies", name="Havdata AS")
    pull()
    hubspot.tick(days=1)
    hubspot.change("companies", company, name="Fjordkode Norge AS")
    hubspot.link("contacts", contact, other)  # changes no date
    hubspot.archive("deals", deal)
    new = hubspot.put("contacts", email="per@havdata.no", firstname="Per", lastname="Olsen")
    hubspot.tick()
    report = pull()
    assert figures(report) == {
        "owners": (2, 0, 0, 2, 0, 0),
        "companies": (2, 0, 1, 1, 0, 0),  # the search reaches back
        "contacts": (2, 1, 1, 0, 0, 0),
        "deals": (0, 0, 0, 0, 1, 0),
    }
    people = {one["crm_key"]: one for one in held(config, "contact")}
    assert people.keys() == {contact, new}
    assert people[contact]["company_crm_key"] == other
    assert not held(config, "deal")
    assert any("1 closed (1 deleted there)" in line for line in said)
    hubspot.restore("deals", deal)  # changes no date either
    hubspot.tick(days=1)
    assert figures(pull())["deals"] == (1, 1, 0, 0, 0, 0)
    assert [one["crm_key"] for one in held(config, "deal")] == [deal]


@pytest.mark.parametrize("as_new", [False, True], ids=["into-the-older", "into-a-new-one"])
def test_merged_records_are_one(as_new: bool, hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    company, _, _ = fill(hubspot)
    double = hubspot.put("companies", name="Fjordkode", phone="22 33 44 55")
    pull()
    hubspot.tick(days=1)
    kept = hubspot.merge("companies", company, double, as_new=as_new)
    hubspot.tick()
    assert figures(pull())["companies"][4] == 1 + as_new
    [firm] = held(config, "company")
    assert (firm["crm_key"], firm["phone"]) == (kept, "+4722334455")
    assert held(config, "contact")[0]["company_crm_key"] == kept
    assert held(config, "deal")[0]["company_crm_keys"] == [kept]
    hubspot.tick(days=1)
    assert {one.outcome for one in pull().deliveries} == {"unchanged"}


@pytest.mark.parametrize("as_new", [False, True], ids=["into-the-older", "into-a-new-one"])
def test_what_was_judged_of_a_merged_record_holds_of_the_one_that_is_left(
    as_new: bool, hubspot: HubspotServer, config: Config, pull: Pull, said: list[str]
) -> None:
    company, _, _ = fill(hubspot)
    double = hubspot.put("companies", name="Fjordkode")
    pull()

    def our(record_id: str) -> str:
        return f"hubspot:{PORTAL}:company:{record_id}"

    for record_id, register_id, verdict in (
        (double, "no_brreg:1", "same"),
        (double, "no_brreg:2", "different"),
        (company, "no_brreg:2", "unsure"),  # later, and of the record that is left or becomes it
    ):
        decide.judge(config, crm_id=our(record_id), record_id=register_id, verdict=verdict, why="phoned them")
    hubspot.tick(days=1)
    kept = our(hubspot.merge("companies", company, double, as_new=as_new))
    hubspot.tick()
    pull(dry_run=True)
    assert len(decide.read_judgements(config)) == 3
    pull()
    standing = {one.record_id: one for one in decide.read_judgements(config) if one.crm_id == kept}
    assert {key: one.verdict for key, one in standing.items()} == {
        "no_brreg:1": "same",
        "no_brreg:2": "unsure",
    }
    assert (standing["no_brreg:1"].decided_by, standing["no_brreg:1"].why) == ("kari@team.example", "phoned them")
    assert [line for line in said if f"{2 if as_new else 1} judgement" in line and "moved to the ones" in line]
    count = len(decide.read_judgements(config))
    hubspot.tick(days=8)
    pull()  # all of it again, by now long merged
    assert len(decide.read_judgements(config)) == count


def test_a_change_that_the_search_has_not_seen_yet_is_found(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    _, contact, _ = fill(hubspot)
    pull()
    hubspot.tick(days=1)
    hubspot.lag = hubspot.lag.__class__(minutes=10)
    hubspot.change("contacts", contact, jobtitle="CEO")
    new = hubspot.put("contacts", email="ny@fjordkode.no")
    pull()
    people = {one["crm_key"]: one for one in held(config, "contact")}
    assert people[contact]["job_title"] == "CEO", "asked about by its id"
    assert new not in people
    hubspot.tick(minutes=11)
    pull()
    assert new in {one["crm_key"] for one in held(config, "contact")}, "the next search reaches back"


def test_more_changes_of_one_moment_than_a_search_shows(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    hubspot.window = 250
    pull()
    hubspot.tick(days=1)
    for number in range(420):
        hubspot.put("companies", name=f"Company {number} AS")
    assert figures(pull())["companies"] == (420, 420, 0, 0, 0, 0)


def test_records_that_change_while_pages_are_read_are_neither_lost_nor_doubled(
    hubspot: HubspotServer, config: Config, pull: Pull
) -> None:
    ids = [hubspot.put("companies", name=f"Company {number} AS") for number in range(250)]
    pull()
    hubspot.tick(days=1)
    for each in ids:
        hubspot.change("companies", each, city="Oslo")
    searched = 0

    def meanwhile(asked: Asked) -> None:
        nonlocal searched
        if asked.path.endswith("companies/search"):
            searched += 1
            hubspot.tick(seconds=10)
            hubspot.change("companies", ids[0], phone=f"22 33 44 0{searched}")  # twice, thrice
            hubspot.change("companies", ids[200], phone="22 33 44 55")

    hubspot.on_page = meanwhile
    assert figures(pull())["companies"] == (250, 0, 250, 0, 0, 0)
    assert searched >= 3
    hubspot.on_page = None
    hubspot.tick()
    pull()
    firms = {one["crm_key"]: one for one in held(config, "company")}
    assert firms[ids[0]]["phone"] == f"+472233440{searched}"
    assert {one["city"] for one in firms.values()} == {"Oslo"}


def test_a_listing_that_lost_its_place_is_begun_anew(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    for number in range(250):
        hubspot.put("contacts", email=f"{number}@fjordkode.no")
    hubspot.forgets_after = 1
    assert figures(pull())["contacts"] == (250, 250, 0, 0, 0, 0)


def test_who_was_erased_there_is_in_no_file_here(
    hubspot: HubspotServer, config: Config, pull: Pull, said: list[str]
) -> None:
    _, contact, _ = fill(hubspot)
    archived = hubspot.put("contacts", email="nils.archived@fjordkode.no", firstname="Nils", lastname="Archived")
    stays = hubspot.put("contacts", email="per@fjordkode.no", firstname="Per", lastname="Stays")
    pull()
    hubspot.tick(days=1)
    hubspot.change("contacts", contact, jobtitle="CEO")
    hubspot.archive("contacts", archived)
    pull()
    assert len(held(config, "contact", every=True)) == 4
    hubspot.tick(days=1)
    hubspot.erase("contacts", contact)
    hubspot.erase("contacts", archived)  # of one that was only deleted before
    planned = pull(dry_run=True)
    assert figures(planned)["contacts"][4] == 1
    assert "hubspot: 2 contacts deleted there for good would be erased here too, with every earlier version." in said
    pull()
    assert [one["crm_key"] for one in held(config, "contact", every=True)] == [stays]
    assert not bytes_anywhere(config, "kari.nordmann", "nordmann", "nils.archived", "+4722225555")
    hubspot.tick(days=1)
    again = hubspot.put("contacts", email="kari.nordmann@fjordkode.no", firstname="Kari", lastname="Nordmann")
    assert figures(pull())["contacts"] == (1, 0, 0, 0, 0, 1), "who was erased does not come back under another id"
    assert again not in {one["crm_key"] for one in held(config, "contact")}
    assert not bytes_anywhere(config, "kari.nordmann")


def long_ago(config: Config, **by: int) -> None:
    """Everything that was pulled, as if it had been so much earlier."""
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        for table, columns in (("crm_pull", ("pulled_at",)), ("crm_contact", ("known_from", "known_to"))):
            for column in columns:
                warehouse.execute(f"UPDATE core.{table} SET {column} = {column} - to_days($days)", **by)


@pytest.mark.parametrize(("days", "is_erased"), [(88, True), (91, False)])
def test_who_was_deleted_longer_ago_than_hubspot_keeps_it_is_closed_only(
    days: int, is_erased: bool, hubspot: HubspotServer, config: Config, pull: Pull, said: list[str]
) -> None:
    _, contact, _ = fill(hubspot)
    pull()
    decide.judge(config, crm_id=f"hubspot:{PORTAL}:contact:{contact}", record_id="x:1", verdict="same", why="phoned")
    long_ago(config, days=days)
    hubspot.erase("contacts", contact)  # as a plain deletion looks after 90 days
    pull()
    pull(coverage=Coverage.COMPLETE)  # asked about once more, closed by now
    assert not held(config, "contact")
    assert bool(held(config, "contact", every=True)) is not is_erased
    assert bool(decide.read_judgements(config)) is not is_erased
    assert any("deleted long ago or erased, which cannot be told apart" in line for line in said) is not is_erased


def test_a_contact_of_an_old_file_that_hubspot_does_not_know_is_closed_only(
    hubspot: HubspotServer, config: Config, pull: Pull, tmp_path: Path
) -> None:
    fill(hubspot)
    pull()
    exported = tmp_path / "export.csv"
    exported.write_text("Record ID,Email,First Name,Last Name\n55,borte@fjordkode.no,Borte,Lenge\n", encoding="utf-8")
    import_file(config, exported)
    pull()
    assert len(held(config, "contact")) == 1
    assert [one["email"] for one in held(config, "contact", every=True) if one["is_closed"]] == ["borte@fjordkode.no"]


def test_who_was_erased_here_does_not_come_back(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    _, contact, _ = fill(hubspot)
    pull()
    erase(config, "email", "kari.nordmann@fjordkode.no")
    pull(coverage=Coverage.COMPLETE)
    assert not held(config, "contact")
    other = hubspot.put("contacts", email="k.nordmann@other.no", firstname="K.")
    hubspot.tick(days=1)
    hubspot.merge("contacts", other, contact)
    hubspot.change("contacts", other, email="k.nordmann@other.no")
    assert figures(pull())["contacts"][5] == 1
    assert not held(config, "contact"), "nor merged into another record"
    assert not bytes_anywhere(config, "nordmann@")


def test_a_decision_of_a_person_outlasts_pulls(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    _, contact, _ = fill(hubspot)
    pull()
    decide.suppress(config, scheme="email", value="kari.nordmann@fjordkode.no", why="asked us to stop")
    hubspot.tick(days=1)
    hubspot.change("contacts", contact, hs_email_optout="false")
    pull(coverage=Coverage.COMPLETE)
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        assert warehouse.ask("SELECT count(*) AS count FROM core.current_suppression")[0]["count"] == 1


def test_many_that_are_gone_at_once_are_asked_about(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    ids = [hubspot.put("contacts", email=f"{number}@fjordkode.no") for number in range(40)]
    pull()
    for each in ids[:21]:
        hubspot.erase("contacts", each)
    with pytest.raises(ConfirmationNeeded, match="21 of 40 contacts are no longer in HubSpot"):
        pull()
    assert len(held(config, "contact")) == 40
    pull(yes=True)
    assert len(held(config, "contact", every=True)) == 19


# --- refusals -----------------------------------------------------------------------------------------------------
def test_a_wrong_token_is_never_repeated(
    hubspot: HubspotServer, config: Config, pull: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_TOKEN", "pat-eu1-wrong-000")
    with pytest.raises(LoginRefused, match=r"the token in HUBSPOT_TOKEN is refused \(HTTP 401\)") as refused:
        pull()
    assert "pat-eu1" not in repr(refused.value)
    assert not bytes_anywhere(config, "pat-eu1-wrong-000")


def test_a_missing_scope_is_named(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    fill(hubspot)
    hubspot.scopes.remove("crm.objects.deals.read")
    with pytest.raises(SourceAborted, match=r"lacks the scope crm\.objects\.deals\.read"):
        pull()
    assert len(held(config, "contact")) == 1, "what was taken in before stays"
    hubspot.scopes.add("crm.objects.deals.read")
    assert figures(pull())["deals"] == (1, 1, 0, 0, 0, 0)


def test_who_was_erased_there_is_erased_here_though_a_later_kind_is_refused(
    hubspot: HubspotServer, config: Config, pull: Pull
) -> None:
    _, contact, _ = fill(hubspot)
    pull()
    hubspot.erase("contacts", contact)
    hubspot.scopes.remove("crm.objects.deals.read")
    with pytest.raises(SourceAborted, match="lacks the scope"):
        pull()
    assert not held(config, "contact", every=True)
    assert not bytes_anywhere(config, "kari.nordmann")


def test_a_days_limit_ends_it_until_tomorrow(hubspot: HubspotServer, pull: Pull) -> None:
    hubspot.spoil(too_many("DAILY"))
    with pytest.raises(RetryableError, match="run the same command tomorrow") as refused:
        pull()
    assert exit_code_of(refused.value) == LATER
    assert len(hubspot.asked) == 1, "asking again would only use up more"


def test_bursts_are_waited_out(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    fill(hubspot)
    hubspot.spoil(too_many("TEN_SECONDLY_ROLLING"), Said(status=502), Said(status=503), too_many("SECONDLY"))
    assert figures(pull())["contacts"] == (1, 1, 0, 0, 0, 0)


def test_a_busy_server_is_left_for_later(hubspot: HubspotServer, pull: Pull) -> None:
    hubspot.spoil(*[Said(status=503)] * 6)
    with pytest.raises(RetryableError) as refused:
        pull()
    assert exit_code_of(refused.value) == LATER


def test_a_token_of_another_account_is_refused(
    hubspot: HubspotServer, config: Config, pull: Pull, tmp_path: Path
) -> None:
    fill(hubspot)
    pull()
    hubspot.spoil(said_json({"portalId": 999}))
    with pytest.raises(SourceAborted, match="belongs to account 999, and 12345678 is what was pulled"):
        pull()
    with pytest.raises(SourceAborted, match=r"and 777 is what config\.toml names"):
        pull(make_config(tmp_path / "other", portal="777"))


def test_without_a_token_it_says_what_to_do(
    hubspot: HubspotServer, config: Config, pull: Pull, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUBSPOT_TOKEN")
    with pytest.raises(InputInvalid, match=r"HUBSPOT_TOKEN, which config\.toml names"):
        pull()
    with pytest.raises(InputInvalid, match="secret_env"):
        pull(config.model_copy(update={"sources": {}}))
    (tmp_path / "companies.csv").touch()
    with pytest.raises(InputInvalid, match=r"prospekt import \S+companies\.csv"):
        pull(file=tmp_path / "companies.csv")
    assert not hubspot.asked


def test_it_is_on_once_a_variable_is_named(config: Config) -> None:
    chosen = [one.SOURCE.name for one in refreshing.choose_sources(config, (), file=None)]
    without = [one.SOURCE.name for one in refreshing.choose_sources(Config(who="kari"), (), file=None)]
    assert ("hubspot" in chosen, "hubspot" in without) == (True, False)
