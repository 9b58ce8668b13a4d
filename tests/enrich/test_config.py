"""config.toml: found, overridden, and every mistake in it told at once."""

import tomllib
from pathlib import Path

import pytest

from enrich.config import FindConfig, MatchConfig, load_config
from enrich.errors import ConfigInvalid, ConfigMissing
from enrich.init import render_config
from enrich.match.model import load_model
from enrich.search import choose_icp

GOOD = 'who = "kari@example.com"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> tuple[str, ...]:
    """What is wrong, whether it stops everything or sets descriptions aside."""
    path = write(folder, text)

    def require_all() -> None:
        config = load_config(path, environ={})
        for name in config.faulty_icps:
            config.require_icp(name)

    with pytest.raises(ConfigInvalid) as caught:
        require_all()
    assert all(problem in str(caught.value) for problem in caught.value.problems)
    return caught.value.problems


def test_what_the_first_configuration_calls_defaults_are_the_defaults(tmp_path: Path) -> None:
    text = render_config(country="NO", who="Kari")
    section = text[text.index("# [match]") : text.index("# An ideal-customer description")]
    said = tomllib.loads("\n".join(line.removeprefix("# ") for line in section.splitlines()))
    match = MatchConfig()
    assert said["match"] == {
        "accept": match.accept,
        "review": match.review,
        "ambiguous_gap": match.ambiguous_gap,
        "present": round(load_model(tmp_path).present or 0, 2),
    }
    assert said["find"]["contacted_days"] == FindConfig().contacted_days
    assert "Those of [match] and [find] are the defaults" in text


def test_data_is_relative_to_the_file(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, GOOD), environ={}).data == tmp_path / "data"


def test_data_given_outside_the_file_outranks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, GOOD + 'data = "one"\n')
    monkeypatch.chdir(tmp_path)
    assert load_config(path, environ={"PROSPEKT_DATA": "two"}).data == tmp_path / "two"
    assert load_config(path, data=Path("three"), environ={"PROSPEKT_DATA": "two"}).data == tmp_path / "three"


def test_the_file_is_found_here_or_by_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, GOOD)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_config(None, environ={}).who == "kari@example.com"
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(ConfigMissing, match="prospekt init"):
        load_config(None, environ={})
    assert load_config(None, environ={"PROSPEKT_CONFIG": str(tmp_path / "config.toml")}).data == tmp_path / "data"


def test_the_environment_outranks_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    assert load_config(path, environ={"PROSPEKT_WHO": "ola"}).who == "ola"
    assert load_config(write(tmp_path, ""), environ={"PROSPEKT_WHO": "ola"}).who == "ola"


def test_every_mistake_is_in_one_message_with_place_line_and_nearest_name(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """dataa = "x"
[match]
accept = 2
[find]
icp = "softwear"
[sources.no_breg]
enabled = true
[icp.software.must]
employes = "10-200"
[[icp.software.should]]
has_website = true
[[icp.software.should]]
territory = ["nord"]
weigth = 3
[territory.north]
owner = "kari"
countries = ["Norway"]
""",
    )
    assert set(found) == {
        "who: missing; it has to be set",
        "dataa (line 1): unknown key; did you mean data?",
        "match.accept (line 3): needs a number of 1 or less",
        "find.icp (line 5): there is no ICP 'softwear'; did you mean software?",
        "sources.no_breg (line 6): there is no source 'no_breg'; did you mean no_brreg?",
        "icp.software.must.employes (line 9): unknown key; did you mean employees?",
        "icp.software.should[1].weigth (line 14): unknown key; did you mean weight?",
        "icp.software.should[1].territory[0] (line 13): there is no territory 'nord'; did you mean north?",
        "territory.north.countries (line 17): 'NORWAY' is no country code; write two letters, such as NO or SE",
    }


def test_own_columns_date_order_and_what_extends_nobody_are_told_with_the_rest(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        GOOD
        + """[crm]
date_order = "dym"
[crm.deals]
"Salgs nr. (ny)" = "recordid"
"Fase" = "steg"
"Navn" = "name"
"Merknad" = ""
[icp.near]
extends = "far"
[icp.near.must]
industry = ["6x"]
""",
    )
    assert set(found) == {
        "crm.date_order (line 3): has to be one of 'dmy', 'mdy' or 'ymd'",
        "crm.deals.Salgs nr. (ny) (line 5): 'recordid' is no field of deals; did you mean record_id?",
        "crm.deals.Fase (line 6): 'steg' is no field of deals; did you mean stage?",
        "icp.near.extends (line 10): there is no ICP 'far'; there is none",
        "icp.near.must.industry (line 12): '6x' is no industry code; write it or its first digits, such as 62, 63.1 or 62.100",
    }


def test_what_extends_nobody_is_told_once_with_its_line(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD + '[icp.near]\nextends = "neer"\n[icp.ner.must]\nindustry = ["62"]\n')
    assert found == ("icp.near.extends (line 3): there is no ICP 'neer'; did you mean ner?",)


def test_a_faulty_description_is_set_aside_with_those_that_extend_it(tmp_path: Path) -> None:
    text = """[icp.good.must]
industry = ["62"]
[icp.further]
extends = "good"
[icp.wrong.must]
status = ["actve"]
employes = "10-"
[icp.upon]
extends = "wrong"
[icp.round]
extends = "about"
[icp.about]
extends = "round"
[icp.back]
extends = "good"
without = ["must.employees"]
[icp.away.must]
territory = ["nord"]
"""
    config = load_config(write(tmp_path, GOOD + text), environ={})
    assert list(config.icp) == ["good", "further"]
    assert config.icp["further"].must == config.icp["good"].must
    circle = "descriptions extend each other in a circle"
    assert config.faulty_icps == {
        "wrong": (
            "icp.wrong.must.status (line 7): 'actve' is no status; did you mean active?",
            "icp.wrong.must.employes (line 8): unknown key; did you mean employees?",
        ),
        "upon": ("icp.upon.extends (line 10): 'wrong' has problems of its own: mend these first",),
        "round": (f"icp.round (line 11): {circle}: round → about → round",),
        "about": (f"icp.about (line 13): {circle}: about → round → about",),
        "back": (
            "icp.back (line 15): back takes back 'must.employees', which good does not ask; it asks must.industry",
        ),
        "away": ("icp.away.must.territory[0] (line 19): there is no territory 'nord'; there is none",),
    }
    with pytest.raises(ConfigInvalid, match="The ICP 'upon' has 1 problem"):
        choose_icp(config, "upon")
    assert choose_icp(config, "good")[0] == "good"
    both = (*config.faulty_icps["upon"], "match.accept (line 21): needs a number of 1 or less")
    assert set(both) < set(problems(tmp_path, GOOD + text + "[match]\naccept = 2\n"))


def test_thresholds_in_the_wrong_order_are_told(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD + "[match]\nreview = 0.95\n") == (
        "match.review (line 3): 0.95 is above accept (0.9); review must not be greater",
    )


@pytest.mark.parametrize(
    "line",
    [
        'secret_env = "pat-na1-11112222-3333"',
        'contact = "sk-abcdefgh12345678"',
        'api_key = "hunter2"',
        'secret_env = "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4"',
    ],
    ids=["token as variable name", "token in another key", "key named as a secret", "hex string"],
)
def test_a_secret_in_the_file_is_refused_and_never_repeated(tmp_path: Path, line: str) -> None:
    section = "" if line.startswith("contact") else "[sources.no_brreg]\n"
    found = problems(tmp_path, GOOD + section + line)
    value = line.split('"')[1]
    assert any("environment variable" in problem for problem in found)
    assert not any(value in problem for problem in found)


def test_a_secret_is_named_by_its_variable(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD + '[sources.no_brreg]\nsecret_env = "NO_BRREG_TOKEN"\n')
    assert load_config(path, environ={}).sources["no_brreg"].secret_env == "NO_BRREG_TOKEN"


def test_broken_toml_says_where(tmp_path: Path) -> None:
    assert "line 2" in problems(tmp_path, GOOD + "data = \n")[0]


@pytest.mark.parametrize(
    ("line", "needs"),
    [
        ('[match]\naccept = "high"', "needs a number, without quotes"),
        ("[match]\naccept = 1.5", "needs a number of 1 or less"),
        ("[match]\nreview = -1", "needs a number of 0 or more"),
        ("[match]\npresent = 0", "needs a number above 0"),
        ("[match]\npresent = nan", "needs a number"),
        ("match = 3", "is a section: write it in square brackets"),
        ("icp = 3", "is a section: write it in square brackets"),
        ("[find]\ncontacted_days = 1.5", "needs a whole number, without quotes"),
        ("[find]\nicp = 3", "needs text in quotes"),
        ('[icp.a.must]\ncountry = "NO"', "needs a list, as in"),
        ('[icp.a.must]\nhas_website = "perhaps"', "needs true or false"),
        ("data = 3", "needs a path in quotes"),
    ],
)
def test_what_a_value_needs_is_said_in_words(tmp_path: Path, line: str, needs: str) -> None:
    [found] = problems(tmp_path, 'who = "kari"\n' + line + "\n")
    assert needs in found
    assert "nput should" not in found
