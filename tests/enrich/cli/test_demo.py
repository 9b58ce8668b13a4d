"""The whole way on the shipped made-up world, and what every command then says of it."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from db.lock import hold_writer_lock
from db.sandbox import Sandbox
from enrich.cli.app import app
from enrich.cookbook import Question, read_cookbook

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
        "company industries owner territory_owner facts edits group matches lists changes accounts signals roles mandates "
        "parents_not_told site in_all"
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


@pytest.fixture(scope="module")
def sandbox(story: str) -> Iterator[Sandbox]:
    """The demo's published files, open to questions."""
    assert story
    published = Path(".demo/data/published").resolve()
    with Sandbox(published / "companies.duckdb", attached=published / "people.duckdb") as opened:
        yield opened


@pytest.mark.parametrize("question", read_cookbook(), ids=lambda question: question.name)
def test_every_question_of_the_cookbook_gives_rows(sandbox: Sandbox, question: Question) -> None:
    assert question.says.endswith((".", "?"))
    assert question.reader in ("SDR", "analyst")
    answer = sandbox.ask(question.sql, rows=None)
    assert answer.rows, question.name


def test_the_cookbook_has_25_questions_that_sql_lists_and_asks(ask: Ask) -> None:
    listed = json.loads(ask("sql", "--list", "--json").stdout)["data"]
    assert len(listed) == 25
    sizes = data(ask("sql", "--named", "companies_by_size", "--json"))
    counted = json.loads(ask("sql", "SELECT count(*) AS n FROM mart.company WHERE status = 'active'", "--json").stdout)
    assert sum(row["companies"] for row in sizes["rows"]) == counted["data"]["rows"][0]["n"]  # type: ignore[attr-defined]
    assert "SELECT" in ask("sql", "--named", "companies_by_size", "--list").stdout
    assert ask("sql", "SELECT 27238 AS n, 0.123456::DOUBLE AS share").stdout == "n\tshare\n27238\t0.123456\n"
    wrong = ask("sql", "--named", "companies_by_sise")
    assert wrong.exit_code == 3
    assert "companies_by_size" in wrong.stderr
    unsaid = ask("sql", "--named", "contacts_at_best_fits")
    assert unsaid.exit_code == 2
    assert "--people" in unsaid.stderr
    assert ask("sql", "--named", "contacts_at_best_fits", "--people").exit_code in (0, 4)
    for arguments in ((), ("SELECT 1", "--named", "best_fits")):
        assert ask("sql", *arguments).exit_code == 2


def test_a_package_names_sources_and_licences_of_all_that_is_in_it(ask: Ask) -> None:
    planned = data(ask("package", "handed-out", "--dry-run", "--json"))
    assert not Path("handed-out").exists()
    written = data(ask("package", "handed-out", "--country", "no", "--json"))
    assert written["resources"] == planned["resources"]
    package = json.loads(Path("handed-out/datapackage.json").read_text(encoding="utf-8"))
    assert {one["title"] for one in package["licenses"]} == {"CC0 1.0", "NLOD 2.0"}
    assert all(one["attribution"] for one in package["sources"])
    assert ask("package", "handed-out").exit_code == 5


def test_stats_counts_what_is_there(ask: Ask) -> None:
    found = data(ask("stats", "--json"))
    assert sum(each["companies"] for each in found["by_industry"]) == found["companies"]  # type: ignore[attr-defined]
    told = ask("stats", "--country", "no").stdout
    assert "others" in told
    assert "unknown" in told
    assert "no_brreg" in told


def test_an_answer_is_written_as_parquet_csv_or_json(ask: Ask) -> None:
    query = "SELECT id_label, industries, last_known_at, employees_low FROM mart.company ORDER BY id_label"
    for ending in ("parquet", "csv", "json"):
        written = ask("sql", query, "--out", f"answers/companies.{ending}", "--rows", "1500")
        assert written.exit_code == 4
        assert "1,500 rows" in written.stdout
        assert "Cut after 1,500 rows" in written.stderr
    kept = ask("sql", query, "--out", "answers/companies.parquet")
    assert (kept.exit_code, pq.read_table("answers/companies.parquet").num_rows) == (2, 1500)
    assert "answers/companies.parquet would be replaced: --out names another file, --yes replaces." in kept.stderr
    assert ask("sql", query, "--out", "answers/companies.parquet", "--yes").exit_code == 0
    table = pq.read_table("answers/companies.parquet")
    assert table.num_rows > 1500
    about = json.loads(table.schema.metadata[b"prospekt"])
    assert about["as_of"]
    assert {source["licence"] for source in about["sources"]} == {"CC0 1.0", "NLOD 2.0"}
    with Path("answers/companies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1500
    assert json.loads(rows[0]["industries"])[0]["code"]
    assert len(json.loads(Path("answers/companies.json").read_text(encoding="utf-8"))["data"]["rows"]) == 1500
    assert Path("answers/companies.csv").stat().st_mode & 0o777 == 0o600
    assert ask("sql", query, "--out", "answers/companies.xlsx").exit_code == 5


def test_a_cell_that_a_spreadsheet_would_run_is_text_unless_asked_for(ask: Ask) -> None:
    query = "SELECT '=1+1' AS \"@a\", '+47 22 22 55 55' AS phone, -5 AS n, ['=1'] AS l, NULL AS u"
    safe, bare = "'@a,phone,n,l,u\n'=1+1,+47 22 22 55 55,-5,", "@a,phone,n,l,u\n=1+1,+47 22 22 55 55,-5,"
    assert ask("sql", query, "--csv").stdout == f'{safe}"[""=1""]",\n'
    assert ask("sql", query, "--csv", "--raw").stdout == f'{bare}"[""=1""]",\n'
    for more, begin in (((), safe), (("--raw",), bare)):
        assert ask("sql", query, "--out", "answers/cells.csv", "--yes", *more).exit_code == 0
        assert Path("answers/cells.csv").read_text(encoding="utf-8").startswith(begin)
    for where in ((), ("--json",), ("--out", "answers/cells.json")):
        assert ask("sql", query, "--raw", *where).exit_code == 5


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
