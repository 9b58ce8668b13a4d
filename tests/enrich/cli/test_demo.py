"""The whole way on the shipped made-up world, and what every command then says of it."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from db.lock import hold_writer_lock
from enrich.cli.app import app

Ask = Callable[..., Result]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What `prospekt demo` says, run once in an empty folder, which stays the working folder of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("demo"))
        patch.setenv("PROSPEKT_CONFIG", "")
        result = CliRunner().invoke(app, ["demo"])
        assert result.exit_code == 0, result.output
        yield result.stdout


@pytest.fixture
def ask(story: str) -> Ask:
    """Runs a command on the demo's data."""
    assert story

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["--config", ".demo/config.toml", *arguments])

    return call


def data(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert list(answer) == ["schema", "as_of", "sources", "data", "truncated"]
    assert answer["as_of"]
    assert {source["name"] for source in answer["sources"]} == {"gleif", "no_brreg"}
    found: dict[str, object] = answer["data"]
    return found


def test_every_row_is_accounted_for(story: str) -> None:
    landed = re.findall(r"([\d,]+) rows in = ([\d,]+) landed \+ ([\d,]+) rejected", story)
    assert len(landed) == 2
    taken_in = re.findall(
        r"([\d,]+) rows? in = ([\d,]+) created \+ (\d+) updated \+ (\d+) unchanged \+ (\d+) rej", story
    )
    assert len(taken_in) == 5
    for whole, *parts in [*landed, *taken_in]:
        assert int(whole.replace(",", "")) == sum(int(part.replace(",", "")) for part in parts)


def test_the_matches_are_those_of_the_worlds_own_list(story: str) -> None:
    counted = re.search(r"true links ([\d,]+) of the accepted are right, (\d+) wrong, (\d+) not found", story)
    assert counted is not None
    right, wrong, missed = (int(number.replace(",", "")) for number in counted.groups())
    assert right > 300
    assert wrong <= right / 100
    assert missed < right / 5


def test_it_ends_in_prospects_with_reasons_and_says_what_to_type(story: str) -> None:
    assert re.findall(r"^ {1,2}\d+\. .* · NO:\d{9} · ", story, re.MULTILINE)
    assert "prospekt why NO:" in story.partition("Now type:")[2]


@pytest.mark.usefixtures("story")
def test_a_second_run_finds_everything_done_and_never_gets_into_real_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROSPEKT_DATA", str(tmp_path / "real"))
    again = CliRunner().invoke(app, ["demo"])
    assert again.exit_code == 0, again.output
    assert "Nothing has changed since the last run" in again.stdout
    assert again.stdout.count("unchanged since the last run") == 2
    assert "--data .demo/data" in again.stdout
    assert not (tmp_path / "real").exists()
    assert CliRunner().invoke(app, ["--config", ".demo/config.toml", "demo"]).exit_code == 5


def test_what_changed_nothing_sets_nothing_going(ask: Ask, project: Path) -> None:
    published = Path(".demo/data/published/companies.duckdb")
    before = published.resolve()
    deals = project / "enrich" / "demo" / "crm_deals.csv"
    for arguments in (("import", str(deals)), ("import", str(deals), "--as", "deals"), ("match",)):
        told = ask(*arguments)
        assert told.exit_code == 0, told.output
        assert "nothing to do" in told.stderr
        assert "publish:" not in told.stderr
    assert published.resolve() == before


def test_no_customer_and_no_natural_person_is_found(ask: Ask) -> None:
    found = data(ask("find", "--limit", "1000", "--json"))
    companies = found["companies"]
    assert isinstance(companies, list)
    assert companies
    labels = {company["id_label"] for company in companies}
    query = "SELECT id_label FROM mart.company WHERE is_customer UNION SELECT id_label FROM people.mart.person_company"
    answer = json.loads(ask("sql", query, "--people", "--rows", "9999", "--json").stdout)
    left_out = {row["id_label"] for row in answer["data"]["rows"]}
    assert left_out
    assert labels.isdisjoint(left_out)


def test_why_company_and_match_why_answer_for_a_prospect(ask: Ask) -> None:
    found = data(ask("find", "--limit", "1", "--explain", "--json"))
    label = found["companies"][0]["id_label"]  # type: ignore[index]
    why = data(ask("why", label, "--json"))
    assert why["is_found"] is True
    assert found["companies"][0]["explained"] == why["criteria"]  # type: ignore[index]
    explained = ask("find", "--limit", "1", "--explain").stdout
    assert "Points" in explained
    assert all(str(reason["asked"]) in explained for reason in why["criteria"])  # type: ignore[attr-defined]
    assert all(reason["verdict"] in ("yes", "no", "unknown") for reason in why["criteria"])  # type: ignore[attr-defined]
    company = data(ask("company", label, "--json"))
    assert " ".join(company) == (
        "company industries owner facts edits group matches lists changes accounts signals roles mandates "
        "parents_not_told site"
    )
    verdicts = ask("sql", "SELECT crm_id FROM people.mart.match WHERE state = 'accepted' LIMIT 1", "--people", "--csv")
    crm_id = verdicts.stdout.splitlines()[1]
    reason = data(ask("match", "why", crm_id, "--json"))
    assert reason["candidates"]
    against = data(ask("match", "why-not", crm_id, label, "--json"))
    assert against["candidates"][0]["id_label"] == label  # type: ignore[index]


def test_decisions_count_at_once_while_somebody_writes(ask: Ask) -> None:
    labels = [company["id_label"] for company in data(ask("find", "--limit", "3", "--json"))["companies"]]  # type: ignore[attr-defined]
    with hold_writer_lock(Path(".demo/data"), "refresh no_brreg"):
        assert ask("suppress", labels[0]).exit_code == 0
        assert ask("mark", labels[1], "--as", "competitor").exit_code == 0
        assert ask("edit", labels[2], "employees", "5000", "--why", "read it").exit_code == 0
        assert ask("list", "spring", "add", labels[1]).exit_code == 0
        busy = ask("publish")
        export = ask("export", "--for", "csv", "--out", "out.csv")
    assert busy.exit_code == 75
    assert "refresh no_brreg" in busy.stderr
    assert export.exit_code == 0
    with Path("out.csv").open(encoding="utf-8-sig") as file:
        exported = {row["prospekt_id"] for row in csv.DictReader(file)}
    assert exported
    assert exported.isdisjoint(labels)
    assert data(ask("why", labels[1], "--json"))["left_out_by"] == "marked"
    assert "spring" in ask("company", labels[1]).stdout
    assert data(ask("why", labels[2], "--json"))["left_out_by"] == "icp"


def test_a_list_says_how_many_of_it_are_held_back(ask: Ask) -> None:
    found = data(ask("find", "--limit", "2", "--include", "contacted", "--json"))
    labels = [company["id_label"] for company in found["companies"]]  # type: ignore[attr-defined]
    assert ask("list", "autumn", "add", *labels).exit_code == 0
    assert data(ask("list", "autumn", "show", "--json"))["held_back"] == 0
    assert "on the list" not in ask("list", "autumn", "show").stderr
    assert ask("suppress", labels[0]).exit_code == 0
    assert "1 more on the list: held back" in ask("list", "autumn", "show").stderr
    assert ask("suppress", labels[1]).exit_code == 0
    assert "2 more on the list: held back" in ask("list", "autumn", "show").stderr


def test_details_of_faults_go_with_whom_they_name(ask: Ask) -> None:
    logs = Path(".demo/data/logs")
    logs.mkdir(exist_ok=True)
    (logs / "fault-1.log").write_text("no such value: sentinel@example.com", encoding="utf-8")
    (logs / "fault-2.log").write_text("another fault", encoding="utf-8")
    erased = ask("erase", "sentinel@example.com", "--yes", "--json")
    assert erased.exit_code == 0, erased.output
    assert json.loads(erased.stdout)["data"]["removed"]["data/logs"] == 1
    assert [log.name for log in logs.iterdir()] == ["fault-2.log"]


def test_a_crm_may_be_taken_in_before_any_register(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('who = "Kari"\n', encoding="utf-8")
    (tmp_path / "crm.csv").write_text(
        "Record ID,Company name,Company Domain Name\n1,Fjordkode,fjordkode.no\n", encoding="utf-8"
    )
    result = CliRunner().invoke(app, ["--config", str(tmp_path / "config.toml"), "import", str(tmp_path / "crm.csv")])
    assert result.exit_code == 0, result.output
    assert "1 row in = 1 created" in result.stdout
    assert "prospekt refresh" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("why", "NO:999999999"), 3),
        (("company", "no such company anywhere"), 3),
        (("find", "--icp", "advisors"), 3),
        (("find", "--include", "everybody"), 5),
        (("find", "--limit", "0"), 2),
        (("sql", "DROP TABLE mart.company"), 2),
        (("sql", "SELECT * FROM read_csv('/etc/passwd')"), 2),
        (("sql", "FROM mart.company", "--rows", "1"), 4),
        (("import", "missing.csv"), 5),
        (("import", "undo", "0198f3c2-0d5e-7c41-a5b0-3f1f0a6c9d11"), 3),
        (("refresh", "no_bregg"), 3),
        (("mark", "NO:999999999", "--as", "customer"), 3),
        (("suppress", "hello"), 5),
        (("suppress", "NO:111"), 5),
        (("suppress", "NO:923609016", "--lift"), 3),
        (("list", "nowhere", "show"), 3),
        (("erase", "kari@example.com"), 2),
        (("nonsense",), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_exit_codes(ask: Ask, arguments: tuple[str, ...], code: int) -> None:
    result = ask(*arguments)
    assert result.exit_code == code, result.output
    assert result.stderr.strip()
    assert "Traceback" not in result.output


def test_an_edit_holds_through_publish_until_it_is_taken_back(ask: Ask) -> None:
    known = "id_label = 'NO:' || registration_number AND employees_low = 20 AND length(record_ids) = 1"
    label = ask("sql", f"SELECT min(id_label) FROM mart.company WHERE {known}", "--csv").stdout.split()[1]
    query = f"SELECT employees_low FROM mart.company WHERE id_label = '{label}'"

    def published() -> str:
        assert ask("publish").exit_code == 0
        return ask("sql", query, "--csv").stdout.split()[1]

    def employees() -> list[tuple[str, str, bool]]:
        facts = data(ask("company", label, "--json"))["facts"]
        return [
            (fact["source"], fact["value"], fact["is_used"])
            for fact in facts  # type: ignore[attr-defined]
            if fact["field"].startswith("employees")
        ]

    stated = employees()
    assert ask("edit", label, "employees", "50").exit_code == 0
    before_publish = employees()
    assert published() == "50"
    edited = [("team", "50", True), *((source, value, False) for source, value, _ in stated)]
    assert before_publish == employees() == edited
    [criterion, *_] = [
        each
        for each in data(ask("why", label, "--json"))["criteria"]  # type: ignore[attr-defined]
        if each["criterion"] == "employees"
    ]
    assert (criterion["value"], criterion["source"]) == ("50", "team: demo@example.com")
    assert "employees is 50" in ask("company", label).stdout
    assert ask("edit", label, "employees", "--take-back").exit_code == 0
    assert employees() == stated
    assert published() == "20"
    assert employees() == stated


def test_a_code_that_nobody_has_is_refused_with_the_nearest(ask: Ask) -> None:
    label = ask("sql", "SELECT max(id_label) FROM mart.company", "--csv").stdout.split()[1]
    refused = ask("edit", label, "industry_code", "62.109")
    assert refused.exit_code == 5
    assert "Nearest in use: 62.100" in refused.stderr
    assert "no industry code 'AS'" in ask("edit", label, "industry_code", "AS").stderr
    assert "no legal form code 'ASA AS'" in ask("edit", label, "legal_form_code", "ASA AS").stderr
    assert "no municipality code 'Oslo'" in ask("edit", label, "municipality_code", "Oslo").stderr
    assert ask("edit", label, "industry_code", "62.100").exit_code == 0


def test_a_list_says_what_it_has_already_and_what_it_has_not(ask: Ask) -> None:
    query = "SELECT id_label FROM mart.company WHERE starts_with(id_label, 'NO:') ORDER BY 1 LIMIT 2"
    one, other = ask("sql", query, "--csv").stdout.split()[1:]
    assert "1 company put on summer" in ask("list", "summer", "add", one, one).stdout
    again = ask("list", "summer", "add", one, other).stdout
    assert "1 company put on summer" in again
    assert f"{one} " in again
    assert "was already on summer" in again
    assert "taken off" in ask("list", "summer", "remove", one).stdout
    assert "is not on summer" in ask("list", "summer", "remove", one).stdout


def test_a_suppression_says_whom_it_reaches(ask: Ask) -> None:
    query = "SELECT id_label, name FROM mart.company WHERE starts_with(id_label, 'NO:') ORDER BY 1 DESC LIMIT 1"
    [found] = list(csv.DictReader(ask("sql", query, "--csv").stdout.splitlines()))
    said = ask("suppress", found["id_label"]).stdout
    assert f"{found['name']} ({found['id_label']}) and its CRM records" in said
    assert f"Suppressed {found['id_label']} and its CRM records" in ask("suppress", found["id_label"]).stdout
    assert "publish" in ask("suppress", found["id_label"], "--lift").stdout
    assert "is here yet" in ask("suppress", "NO:923609016").stdout
    assert "not suppressed" in ask("suppress", found["id_label"], "--lift").stderr
