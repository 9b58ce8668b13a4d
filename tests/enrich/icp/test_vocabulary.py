"""An ICP that asks for what no company has is told so, with the nearest in use."""

from typing import Any

import pyarrow as pa
import pytest

from enrich.config import Config
from enrich.gate import Readers
from enrich.icp.correspondence import Correspondences
from enrich.icp.fit import sources_stating
from enrich.icp.model import Criteria, Icp, Territory
from enrich.icp.survey import survey_icp
from enrich.icp.vocabulary import CodesInUse, check_icp, find_asked_in_vain, read_vocabulary

TERRITORIES = {
    "west": Territory(owner="Kari", municipalities=("Bergen",)),
    "lost": Territory(owner="Kari", municipalities=("Bergn",)),
}
MAPPINGS = Correspondences((("SN2007", "62.010", "SN2025", "62.100"), ("SN2007", "99.000", "SN2025", "99.000")))


def problems_of(readers: Readers, must: dict[str, Any]) -> list[str]:
    icp = Icp.model_validate({"must": must})
    vocabulary = read_vocabulary(readers, icp, TERRITORIES)
    return [str(problem) for problem in check_icp(icp, "x", TERRITORIES, vocabulary, mappings=MAPPINGS)]


@pytest.mark.parametrize(
    "must",
    [
        {"country": ["NO"], "industry": ["62", "62.1", "62100"], "legal_form": ["as"], "sector": ["21"]},
        {"industry": ["62.010"]},
        {"industry": ["62.10Z", "G"]},
        {"industry": ["62.01"], "industry_scheme": "SN2007"},
        {"region": ["Vestland", "46", "03", "NO-46"], "municipality": ["Bergen", "4601", "oslo"]},
        {"technology": ["Shopify"], "status": ["bankrupt"], "roles": ["auditor"], "near": {"place": "Bergen", "km": 1}},
        {"postal_prefix": ["5", "5003"], "territory": ["west"], "employees": "100000-", "words": ["finnes ikke"]},
    ],
    ids=["codes", "replaced-code", "letters", "replaced-list", "places", "closed-lists", "the-rest"],
)
def test_what_is_in_use_is_no_problem(readers: Readers, must: dict[str, Any]) -> None:
    assert problems_of(readers, must) == []


@pytest.mark.parametrize(
    ("must", "problem"),
    [
        (
            {"industry": ["62.2"]},
            "icp.x.must.industry: no company has the industry '62.2'; the nearest in use: 62.010; 62.100",
        ),
        ({"industry": ["62"], "industry_scheme": "SN2008"}, "'62' in the list SN2008"),
        ({"industry": ["99"]}, "no company has the industry '99'"),
        ({"industry": ["62.99.9"]}, "no company has the industry '62.99.9'; the nearest in use: 62."),
        ({"legal_form": ["ASA"]}, "the legal form 'ASA'; the nearest in use: AS"),
        (
            {"municipality": ["1201"]},
            "of an older number write the name, or have it looked up: `prospekt refresh no_ssb_klass`",
        ),
        ({"municipality": ["Bergn"]}, "the municipality 'Bergn'; the nearest in use: 4601 BERGEN"),
        ({"region": ["Vestlandet"]}, "the region 'Vestlandet'; the nearest in use: 46 Vestland"),
        ({"region": ["Osslo"]}, "the region 'Osslo'; the nearest in use: 03 Oslo"),
        ({"region": ["0301"]}, "'0301' is a municipality: write municipality = [\"0301\"]"),
        ({"region": ["Bergen"]}, "'Bergen' is a municipality: write municipality = [\"Bergen\"]"),
        ({"region": ["Rogaland"]}, "no company has the region 'Rogaland'"),
        ({"country": ["DK"]}, "no company has the country 'DK'"),
        ({"postal_prefix": ["99"]}, "no company has the postal prefix '99'"),
        ({"region": ["Skåne"]}, "no company has the region 'Skåne'"),
        (
            {"near": {"place": "Bergn", "km": 5}},
            "no town or municipality 'Bergn' whose place is known; the nearest in use: Bergen",
        ),
        (
            {"near": {"place": "Herøy", "km": 5}},
            "several places 'Herøy': Fosnavåg (NO 15); Silvalen (NO 18); write country",
        ),
        ({"technology": ["shopifi"]}, "no site is ever recognised as made with 'shopifi'; the nearest in use: shopify"),
        ({"territory": ["lost"]}, "territory.lost.municipality: no company has the municipality 'Bergn'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_no_company_has_is_named_with_the_nearest(readers: Readers, must: dict[str, Any], problem: str) -> None:
    [found] = problems_of(readers, must)
    assert problem in found


def test_a_code_that_only_another_list_has_is_told_with_that_list() -> None:
    codes = {"scheme": ["US-SIC", "SN2025"], "code": ["6211", "47.110"], "title": ["Security brokers", None]}
    vocabulary = {"industry": CodesInUse("industry", pa.table(codes))}

    def problems(**must: Any) -> list[str]:
        return [str(one) for one in check_icp(Icp.model_validate({"must": must}), "x", {}, vocabulary, mappings=())]

    [found] = problems(industry=["62"])
    assert "no company has the industry '62'; in the list US-SIC one has: write industry_scheme = \"US-SIC\"" in found
    assert problems(industry=["62"], industry_scheme="US-SIC") == problems(industry=["47"]) == []
    assert "in the list SN2025 one has" in problems(industry=["47"], industry_scheme="US-SIC")[0]


def test_a_county_of_before_2024_is_in_use_where_a_company_has_its_number() -> None:
    regions = pa.table({"scheme": ["NO"], "code": ["NO-30"], "title": pa.array([None], pa.string())})
    in_use = {"region": CodesInUse("region", regions)}
    asked = {
        name: check_icp(Icp(must=Criteria(region=(name,))), "x", {}, in_use) for name in ("Viken", "33", "Vestland")
    }
    assert [name for name, problems in asked.items() if problems] == ["Vestland"]


def test_a_survey_counts_each_criterion_by_itself(published: Config, readers: Readers) -> None:
    survey = survey_icp(readers, published, "software")
    assert survey.problems == ()
    assert survey.company_count == 25
    for criterion in survey.criteria:
        assert criterion.yes + criterion.no + criterion.unknown == survey.company_count
    employees = next(one for one in survey.criteria if one.criterion == "employees")
    assert (employees.yes, employees.no, employees.unknown) == (23, 1, 1)


def test_the_registers_say_who_states_websites() -> None:
    assert "no_brreg" in sources_stating("website")
    assert "gleif" not in sources_stating("website")


def test_a_source_is_named_only_where_it_is_not_loaded(readers: Readers) -> None:
    """Norway's register is: a slip of the pen there is none of a register that lacks."""
    of_norway = Icp.model_validate({"must": {"country": ["NO"], "municipality": ["Bergn"], "industry": ["99"]}})
    of_sweden = Icp.model_validate({"must": {"region": ["Skåne"]}})
    said = [str(one) for one in find_asked_in_vain(readers, {"no": of_norway, "se": of_sweden}, TERRITORIES)]
    [southern] = [one for one in said if "not loaded yet" in one]
    assert southern.startswith(
        "icp.se.must.region: no company has the region 'Skåne': of SE se_bolagsverket and se_scb state it"
    )
    assert len(said) == 4


def _places(*in_use: tuple[str, str], earlier: dict[str, str] | None = None) -> dict[str, CodesInUse]:
    """Municipalities that companies have, by country and number, and what numbers of before 2020 became."""
    rows = {"scheme": [one[0] for one in in_use], "code": [one[1] for one in in_use]}
    known = {
        "scheme": ["KOMMUNE2019"] * len(earlier or {}),
        "code": list(earlier or {}),
        "title": list((earlier or {}).values()),
    }
    countries = {"scheme": pa.nulls(3, pa.string()), "code": ["DK", "NO", "SE"], "title": pa.nulls(3, pa.string())}
    return {
        "country": CodesInUse("country", pa.table(countries)),
        "municipality": CodesInUse(
            "municipality", pa.table({**rows, "title": pa.array([None] * len(in_use), pa.string())})
        ),
        **({"earlier_municipality": CodesInUse("earlier_municipality", pa.table(known))} if earlier else {}),
    }


LOOK_UP = "nor has any list since 2020: of an older number write the name, or have it looked up: `prospekt refresh no_ssb_klass`"


@pytest.mark.parametrize(
    ("must", "home", "said"),
    [
        ({"municipality": ["0101"], "country": ["NO"]}, None, LOOK_UP),
        ({"municipality": ["0101"]}, "NO", LOOK_UP),
        ({"municipality": ["0123"]}, "NO", f"{LOOK_UP}; if another country's is meant, write country"),
        ({"municipality": ["0123"], "region": ["Østfold"]}, "NO", f"{LOOK_UP}; if another"),
        # meant of whoever has it: nobody is at home in Norway, another country is asked, or Norway never had the number
        ({"municipality": ["0101"]}, "DK", None),
        ({"municipality": ["0101"]}, None, None),
        ({"municipality": ["0101"], "country": ["DK"]}, "NO", None),
        ({"municipality": ["0123", "Uppsala"]}, "NO", None),
        ({"municipality": ["0123"], "region": ["Stockholms län"]}, "NO", None),
        ({"municipality": ["2480"]}, "NO", None),
    ],
    ids=str,
)
def test_a_number_of_before_2020_is_norwegian_where_norway_is_meant(
    must: dict[str, Any], home: str | None, said: str | None
) -> None:
    in_use = {
        **_places(("DK", "0101"), ("SE", "0123"), ("SE", "SE-0380"), ("SE", "2480"), ("NO", "3118")),
        "region": CodesInUse(
            "region", pa.table({"scheme": ["SE", "NO"], "code": ["SE-01", "31"], "title": pa.nulls(2, pa.string())})
        ),
    }
    icp = Icp.model_validate({"must": must})
    problems = [str(one) for one in check_icp(icp, "x", {}, in_use, mappings=(), loaded=["no_brreg"], home=home)]
    assert (problems == []) is (said is None), problems
    if said is not None:
        [problem] = problems
        assert said in problem
        assert "se_scb" not in problem
        assert "the nearest in use" not in problem


@pytest.mark.parametrize(
    ("number", "country", "said"),
    [
        ("0123", ["NO"], None),
        ("0123", [], None),
        ("0101", [], "no company has the municipality '0101' of before 2020, nor is one in 3101, which it became"),
        ("0777", ["NO"], "no company has the municipality '0777', nor has any list since 2020"),
        ("0180", ["NO"], "no company has the municipality '0180', nor has any list since 2020"),
        ("0180", [], None),
    ],
)
def test_with_the_list_of_older_numbers_what_each_became_decides(
    number: str, country: list[str], said: str | None
) -> None:
    in_use = _places(("DK", "0101"), ("SE", "0180"), ("NO", "3118"), earlier={"0101": "3101", "0123": "3118"})
    icp = Icp.model_validate({"must": {"municipality": [number], "country": country}})
    problems = [str(one) for one in check_icp(icp, "x", {}, in_use, mappings=(), home="NO")]
    assert len(problems) == (said is not None), problems
    assert said is None or said in problems[0]
    assert "no_ssb_klass" not in "".join(problems)
