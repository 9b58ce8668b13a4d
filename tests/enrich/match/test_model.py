import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.config import MatchConfig
from enrich.match.align import align_names
from enrich.match.batch import Batch
from enrich.match.candidates import Candidate, rank_pairs
from enrich.match.compare import COMPARISONS
from enrich.match.decide import Judgement, decide
from enrich.match.model import Scored, probabilities, score_pair, score_pairs, shipped_model
from enrich.match.side import NOTHING, Pairs
from enrich.match.sides import Stated, make_side

PLACE = {"street": "Storgata 5", "postal_code": "5003"}
NAMES = st.lists(
    st.sampled_from(
        ["Norsk", "Hydro", "ASA", "Bakeri", "AS", "2", "og", "Holding", "Å", "株式会社", "databank", "data", "bank"]
    )
).map(" ".join)


def side(name: str, **values: object) -> pa.Table:
    return make_side([Stated(key="1", names=(name,), **values)])  # type: ignore[arg-type]


def one_pair(left: pa.Table, right: pa.Table) -> Pairs:
    return Pairs(left=left, right=right, left_rows=np.zeros(1, np.int64), right_rows=np.zeros(1, np.int64))


def score(left: pa.Table, right: pa.Table) -> Scored:
    return score_pair(left, right, shipped_model())


@given(NAMES, NAMES)
def test_evidence_adds_up_to_the_score_and_each_has_a_sentence(one: str, other: str) -> None:
    scored = score(side(one), side(other))
    assert scored.score == pytest.approx(shipped_model().prior + sum(item.weight for item in scored.evidence))
    for item in scored.evidence:
        assert item.sentence.endswith(".")
        assert item.comparison in COMPARISONS


@given(NAMES, NAMES)
def test_words_of_one_name_are_either_shared_or_not(one: str, other: str) -> None:
    batch = Batch(one_pair(side(one), side(other)))
    found = align_names(batch.pairs)
    assert min(found.shared_bits[0], found.left_bits[0], found.right_bits[0]) >= 0
    if batch.named[0]:
        _, left, right = batch.alone_at(0)
        assert not set((left or "").split()) & set((right or "").split())


@settings(max_examples=25)
@given(st.lists(st.tuples(NAMES, NAMES), min_size=2, max_size=6))
def test_a_pair_scores_the_same_alone_and_among_others(named: list[tuple[str, str]]) -> None:
    lefts, rights = (
        make_side([Stated(key=str(place), names=(names[at],)) for place, names in enumerate(named)]) for at in (0, 1)
    )
    rows = np.arange(len(named))
    together = score_pairs(Pairs(left=lefts, right=rights, left_rows=rows, right_rows=rows), shipped_model()).totals
    alone = [score(side(one), side(other)).score for one, other in named]
    assert together.tolist() == pytest.approx(alone)


def test_of_several_names_the_nearest_two_are_compared() -> None:
    one = make_side([Stated(key="1", names=("Opplysningen 1881 AS",))])
    two = make_side([Stated(key="2", names=("Digitale Medier 1881 AS", "Opplysningen 1881"))])
    evidence = {item.comparison: item for item in score(one, two).evidence}
    assert (evidence["name"].outcome, evidence["name"].right_value) == ("same", "Opplysningen 1881")


@given(st.lists(st.floats(-500, 500), max_size=6))
def test_probabilities_are_in_bounds_and_keep_the_order(scores: list[float]) -> None:
    chances = probabilities(scores)
    assert all(0 <= chance <= 1 for chance in chances)
    assert sum(chances) <= 1 + 1e-9
    ranked = sorted(zip(scores, chances, strict=True))
    assert [chance for _, chance in ranked] == sorted(chances)


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        pytest.param("Norsk Hydro ASA", "Norsk Hydro AS", id="legal form"),
        pytest.param("Norsk Hydro AS", "Norsk Hydro Holding AS", id="holding"),
        pytest.param("Norsk Hidro", "Norsk Bakeri", id="misspelt word before another word"),
        pytest.param("Norskhydro", "Norsk Kydro Bank", id="written together"),
    ],
)
def test_the_nearer_name_scores_higher(nearer: str, farther: str) -> None:
    query = side("Norsk Hydro ASA")
    assert score(query, side(nearer)).score > score(query, side(farther)).score


@pytest.mark.parametrize(
    ("comparison", "left", "right", "outcome"),
    [
        pytest.param("number", {"numbers": (("A", "1"),)}, {"numbers": (("A", "1"),)}, "same", id="same number"),
        pytest.param("number", {"numbers": (("A", "1"),)}, {"numbers": (("A", "2"),)}, "different", id="other number"),
        pytest.param("number", {"numbers": (("A", "1"),)}, {"numbers": (("B", "2"),)}, None, id="another scheme"),
        pytest.param(
            "domain", {"addresses": ("x.no",)}, {"addresses": ("y.no", "www.x.no")}, "same", id="one of two domains"
        ),
        pytest.param(
            "domain", {"addresses": ("gmail.com",)}, {"addresses": ("gmail.com",)}, None, id="mailbox provider"
        ),
        pytest.param("country", {"country_code": "NO"}, {"country_code": "SE"}, "different", id="other country"),
        pytest.param("country", {"country_code": "NO"}, {}, None, id="country unknown"),
        pytest.param("place", {"city": "Oslo 5"}, {"city": "OSLO"}, "same", id="city with district"),
        pytest.param(
            "place",
            {"street": "Storgata 5", "postal_code": "5003"},
            {"street": "Storgt. 5, 2. etg", "postal_code": "5003", "city": "Bergen"},
            "same_address",
            id="same address",
        ),
        pytest.param(
            "place",
            {"street": "Storgata 5", "postal_code": "5003"},
            {"street": "Storgata 7", "postal_code": "5003"},
            "same_postal_code",
            id="another address of the same postal code",
        ),
        pytest.param(
            "place",
            {"postal_code": "0155", "city": "Oslo"},
            {"postal_code": "0484", "city": "Oslo"},
            "same",
            id="another postal code of the same city",
        ),
        pytest.param(
            "place",
            {"postal_code": "0155", "city": "Oslo"},
            {"postal_code": "0155", "city": "Kristiania"},
            "same_postal_code",
            id="another name of the same postal code",
        ),
        pytest.param(
            "place",
            {"street": "Storgata 5", "postal_code": "5003"},
            {"street": "Storgata 5", "postal_code": "0150"},
            "different",
            id="the same street of another place",
        ),
        pytest.param(
            "place",
            {"street": "Storgata 5"},
            {"street": "Storgt. 5", "postal_code": "5003"},
            "same_street",
            id="a street without a place",
        ),
        pytest.param(
            "place",
            {"street": "Storgata 5"},
            {"street": "Storgata 50", "postal_code": "5003"},
            "another_street",
            id="another number of a street without a place",
        ),
        pytest.param("place", {"street": "Storgata"}, {"street": "Storgata"}, None, id="a street without a number"),
        pytest.param("size", {"employees": (60, 60)}, {"employees": (64, 64)}, "near", id="about as many"),
        pytest.param("size", {"employees": (51, 200)}, {"employees": (64, 64)}, "near", id="a range"),
        pytest.param("size", {"employees": (5, 5)}, {"employees": (1, 4)}, "near", id="the exact number is withheld"),
        pytest.param("size", {"employees": (60, 60)}, {"employees": (0, 0)}, "apart", id="nobody"),
        pytest.param("size", {"employees": (60, 60)}, {"employees": (2, None)}, None, id="two or more"),
        pytest.param("size", {"employees": (10, None)}, {"employees": (64, 64)}, None, id="ten or more"),
        pytest.param("size", {"employees": (1, 1)}, {"employees": (20, None)}, "apart", id="twenty or more"),
        pytest.param("size", {"employees": (60, 60)}, {}, None, id="size unknown"),
        pytest.param("size", {"employees": (0, 0)}, {"employees": (0, 0)}, "near", id="nobody on both sides"),
        pytest.param("life", {}, {"is_live": False}, "dead", id="dissolved"),
        pytest.param("kind", {}, {"entity_kind": "fund"}, "fund", id="fund"),
    ],
)
def test_a_comparison_says_nothing_where_a_value_is_unknown(
    comparison: str, left: dict[str, object], right: dict[str, object], outcome: str | None
) -> None:
    found = COMPARISONS[comparison](Batch(one_pair(side("A", **left), side("A", **right))))
    says = None if found is None or found.codes[0] == NOTHING else found.outcomes[found.codes[0]]
    assert says == outcome


@pytest.mark.parametrize(
    ("name", "other", "outcome"),
    [
        pytest.param("Fjellbre Bakeri AS", "FJELLBRE BAKERI AS", "same_address", id="same name"),
        pytest.param("Brødsmula", "FJELLBRE BAKERI AS", "same_address", id="a brand"),
        pytest.param("Fjellbre Bakeri", "FJELLBRE EIENDOM AS", "same_address_among_relatives", id="a group"),
    ],
)
def test_those_of_a_group_share_an_address(name: str, other: str, outcome: str) -> None:
    found = {item.comparison: item for item in score(side(name, **PLACE), side(other, **PLACE)).evidence}["place"]
    assert found.outcome == outcome
    assert (found.left_value, found.right_value) == ("storg. 5, 5003", "storg. 5, 5003")


def test_the_more_employees_two_have_in_common_the_more_it_says() -> None:
    small, large, apart, farther = (
        {
            item.comparison: item.weight
            for item in score(side("A", employees=(n, n)), side("B", employees=(m, m))).evidence
        }["size"]
        for n, m in ((3, 4), (90, 80), (90, 20), (90, 0))
    )
    assert farther < apart < 0 < small < large


def test_a_finer_place_says_more() -> None:
    left = side("Fjellbre", street="Storgata 5", postal_code="5003", city="Bergen")
    elsewhere, city, code, address = (
        {item.comparison: item.weight for item in score(left, side("Fjellbre", **place)).evidence}["place"]
        for place in (
            {"postal_code": "0155", "city": "Oslo"},
            {"postal_code": "5052", "city": "Bergen"},
            {"postal_code": "5003", "city": "Bergen"},
            {"street": "Storgata 5", "postal_code": "5003", "city": "Bergen"},
        )
    )
    assert elsewhere < 0 < city < code < address


@pytest.mark.parametrize(
    ("written", "registered", "outcome"),
    [
        pytest.param("Fjellbre (Lavlinger) AS", "FJELLBRE AS", "same_besides", id="a word in brackets"),
        pytest.param("Fjellbre Bergen", "FJELLBRE AS", "same_besides", id="where the other is"),
        pytest.param("Fjellbre Oslo", "FJELLBRE AS", "similar", id="where it is not"),
        pytest.param("Fjellbre (Lavlinger)", "FJELLBRE LAVLINGER AS", "same", id="the brackets are of the name"),
        pytest.param("Fjellbrre (Lavlinger)", "FJELLBRE AS", "similar", id="a slip too"),
    ],
)
def test_what_is_said_besides_leaves_a_name_the_same(written: str, registered: str, outcome: str) -> None:
    found = {item.comparison: item for item in score(side(written), side(registered, city="Bergen")).evidence}
    assert found["name"].outcome == outcome


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        pytest.param("Hemovia", "other_letter", id="another first letter"),
        pytest.param("Nenovia", "same", id="a letter within"),
        pytest.param("Nemvoia", "same", id="two letters swapped"),
    ],
)
def test_a_slip_seldom_takes_the_first_letter(written: str, outcome: str) -> None:
    found = {item.comparison: item for item in score(side(written), side("NEMOVIA AS")).evidence}
    assert found["first_word"].outcome == outcome


@pytest.mark.parametrize(
    ("written", "others", "outcome"),
    [
        pytest.param("Nemovia", (), "begins_alone", id="nobody else begins so"),
        pytest.param("Nemovia", ("BRAKSA NEMOVIA AS",), "begins_alone", id="another ends so"),
        pytest.param("Nemovia", ("NEMOVIA ANLEGG AS",), "same", id="another begins so"),
        pytest.param("Nemovia", ("NEMOVIA AS",), "same", id="another is called so"),
        pytest.param("Nemovia", ("NEMOVIA BYGG OG TOMT AS",), "begins_alone", id="the same company once more"),
        pytest.param("Nemovia", ("NENOVIA AS",), "begins_alone", id="another is called so but for a slip"),
        pytest.param("Nemovia Tomt", (), "same", id="it has a word more"),
        pytest.param("Nemovai", (), "same", id="a slip"),
    ],
)
def test_a_name_that_begins_one_company_s_alone_is_likely_that_one(
    written: str, others: tuple[str, ...], outcome: str
) -> None:
    found, weight = first_word_among(written, "NEMOVIA BYGG AS", *others)
    assert found == outcome
    assert (weight > 0) == (outcome == "begins_alone")


@pytest.mark.parametrize(
    ("written", "has_slip"),
    [
        pytest.param("Rykla & Hjarrøm", True, id="two letters swapped"),
        pytest.param("Ryska & Hjarrøm", True, id="another letter"),
        pytest.param("Ryski & Hjarrøm", False, id="two other letters"),
        pytest.param("Kylra & Hjarrøm", False, id="two letters that are not neighbours"),
    ],
)
def test_a_slip_in_a_word_of_five_letters_leaves_it_the_same_word(written: str, has_slip: bool) -> None:
    found = align_names(one_pair(side(written), side("RYLKA & HJARRØM AS")))
    assert (found.has_slip[0], found.left_alone[0].any()) == (has_slip, not has_slip)


def test_a_swap_is_less_of_a_slip_than_another_letter() -> None:
    swapped, other = (score(side("Xaogsys"), side(name)).score for name in ("XAGOSYS AS", "XAUGSYS AS"))
    assert swapped > other


def test_numbers_of_names_that_share_nothing_say_nothing() -> None:
    outcomes = [
        {item.comparison for item in score(side(name), side("STORGATA 47 AS")).evidence}
        for name in ("Lukinova", "Storgata", "Lukinova 48", "Storgata 48")
    ]
    assert ["digits" in each for each in outcomes] == [False, True, False, True]


def test_a_street_that_many_towns_have_says_less() -> None:
    left, right = side("Lukinova", street="Storgata 5"), counted(side("FJELLBRE AS", **PLACE), address_holders=1)
    told = [
        next(item for item in score(left, each).evidence if item.comparison == "place")
        for each in (counted(right, street_holders=1), counted(right, street_holders=3), right)
    ]
    weights = [item.weight for item in told]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > 2 * weights[-1]
    assert [item.sentence.rpartition("place")[2] for item in told] == [
        ", where no other company is.",
        ", where 3 companies are.",
        ".",
    ]


def counted(right: pa.Table, **numbers: int) -> pa.Table:
    """A side with numbers of companies that were counted in the reference."""
    for name, number in numbers.items():
        at = right.schema.get_field_index(name)
        right = right.set_column(at, right.schema.field(at), pa.array([number], pa.int64()))
    return right


def test_an_address_that_no_relative_has_is_the_company_s() -> None:
    alone, shared = (
        score(side("Fjellbre Bakeri", **PLACE), counted(side("FJELLBRE EIENDOM AS", **PLACE), address_holders=holders))
        for holders in (1, 2)
    )
    assert alone.score > shared.score


def test_who_else_has_a_common_word_does_not_come_near() -> None:
    assert first_word_among("Holding", "HOLDING NEMOVIA AS")[0] == "same"


def first_word_among(written: str, name: str, *others: str) -> tuple[str, float]:
    """What is found of the first word of a name and its weight, where others come near too, the same company's among them."""
    rights = make_side([Stated(key=each, names=(each,)) for each in (name, *others)])
    stems = [each.rpartition(" ")[0] for each in (name, *others)]
    companies = pa.array(["it" if stem.startswith(stems[0]) else stem for stem in stems])
    rows = np.arange(len(rights))
    ranked = rank_pairs(
        side(written), rights.append_column("company_id", companies), np.zeros_like(rows), rows, shipped_model()
    )
    [place] = [place for place, row in enumerate(ranked.rows) if companies[int(row)].as_py() == "it"]
    [item] = [item for item in ranked.candidate(place).scored.evidence if item.comparison == "first_word"]
    return item.outcome, item.weight


def test_a_pair_by_itself_says_nothing_of_who_else_begins_so() -> None:
    found = {item.comparison: item.outcome for item in score(side("Nemovia"), side("NEMOVIA BYGG AS")).evidence}
    assert found["first_word"] == "same"


@pytest.mark.parametrize(
    ("registered", "outcome"),
    [
        pytest.param("NEMOVIA ASA", "public", id="public"),
        pytest.param("NEMOVIA AB (PUBL)", "public", id="a common form that is public"),
        pytest.param("NEMOVIA AS", "ordinary", id="an ordinary form"),
        pytest.param("NEMOVIA BYGG AS", None, id="an ordinary form of another name"),
        pytest.param("NEMOVIA SPA AS", "ordinary", id="a bath"),
    ],
)
def test_of_a_form_that_nobody_wrote_it_is_told_what_it_says(registered: str, outcome: str | None) -> None:
    found = {item.comparison: item.outcome for item in score(side("Nemovia"), side(registered)).evidence}
    assert found.get("legal_form") == outcome


@pytest.mark.parametrize(
    ("written", "registered", "outcome"),
    [
        pytest.param("Nemovia Group", "NEMOVIA HOLDING AS", "both_alone", id="each has one"),
        pytest.param("Nemovia", "NEMOVIA KONSERN AS", "second_alone", id="the registered name"),
        pytest.param("Nemovia-gruppen", "NEMOVIA AS", "first_alone", id="the written one"),
        pytest.param("Nemovia Group", "NEMOVIA BYGG HOLDING AS", "both", id="with another word"),
        pytest.param("Nemovia", "NEMOVIA BYGG HOLDING AS", None, id="only one, with another word"),
        pytest.param("Nemovia Group", "NEMOVIA GROUP AS", None, id="the same word"),
        pytest.param("Nemovia", "NEMOVIE HOLDING AS", None, id="a slip"),
        pytest.param("Group", "HOLDING AS", "both", id="nothing else"),
    ],
)
def test_words_for_a_group_are_told_by_who_has_one(written: str, registered: str, outcome: str | None) -> None:
    found = {item.comparison: item.outcome for item in score(side(written), side(registered)).evidence}
    assert found.get("group") == outcome


def test_a_group_is_its_holding_sooner_than_its_company_of_an_ordinary_form_but_not_its_listed_one() -> None:
    listed, holding, company, subsidiary = (
        score(side("Nemovia Group", country_code="NO"), side(f"NEMOVIA {rest}", country_code="NO")).score
        for rest in ("ASA", "HOLDING AS", "AS", "LUX HOLDING AS")
    )
    assert listed > holding > company > subsidiary


@pytest.mark.parametrize(
    ("written", "registered", "country", "outcome"),
    [
        pytest.param("Nemovia Group", "NEMOVIA NORGE AS", "NO", "of_its_country", id="its own"),
        pytest.param("Nemovia", "Nemovia Finland Oy", "FI", "of_its_country", id="its own, in English"),
        pytest.param("Nemovia", "NEMOVIA NORGE AS", "SE", None, id="another one"),
        pytest.param("Nemovia", "NEMOVIA BYGG NORGE AS", "NO", None, id="with another word"),
        pytest.param("Nemovia Norway", "NEMOVIA NORGE AS", "NO", None, id="both say it"),
        pytest.param("Nemovia", "NEMOVIA NORGE AS", None, None, id="no country stated"),
        pytest.param("Nemovia", "VERDIPAPIRFONDET NEMOVIA", "NO", "fund", id="compound of a fund"),
        pytest.param("Nemovia", "NEMOVIAS MINNESTIFTELSE", "SE", "foundation", id="compound of a foundation"),
    ],
)
def test_what_only_the_registered_name_says_of_its_sort(
    written: str, registered: str, country: str | None, outcome: str | None
) -> None:
    found = {i.comparison: i.outcome for i in score(side(written), side(registered, country_code=country)).evidence}
    assert found.get("sort") == outcome


def test_the_more_companies_are_at_an_address_the_less_it_says() -> None:
    left, bare = side("Brødsmula", **PLACE), side("FJELLBRE BAKERI AS", **PLACE)
    at = bare.schema.get_field_index("address_holders")
    told = []
    for holders in (1, 3, 20, 400, None):
        right = bare.set_column(at, bare.schema.field(at), [pa.array([holders], pa.int64())])
        [place] = [item for item in score(left, right).evidence if item.comparison == "place"]
        told.append((place.weight, place.sentence.partition(": ")[2]))
    weights = [weight for weight, _ in told]
    assert weights == sorted(weights, reverse=True)
    [nearby] = [item for item in score(left, side("A", postal_code="5003")).evidence if item.comparison == "place"]
    assert weights[-1] > nearby.weight
    assert [sentence for _, sentence in told] == [
        "the same street and number, where no other company is.",
        "the same street and number, where 3 companies are.",
        "the same street and number, where 20 companies are.",
        "the same street and number, where 400 companies are.",
        "the same street and number.",
    ]


def test_curves_rise_or_fall_throughout() -> None:
    for weight in shipped_model().weights.values():
        if not isinstance(weight, float):
            amounts, bits = [at for at, _ in weight], [high for _, high in weight]
            assert amounts == sorted(set(amounts))
            assert bits in (sorted(bits), sorted(bits, reverse=True))


def candidates(*scores: float) -> list[Candidate]:
    return [
        Candidate(
            record_id=f"r{place}", company_id=f"c{place}", scored=Scored(score=score, evidence=()), probability=chance
        )
        for place, (score, chance) in enumerate(zip(scores, probabilities(scores), strict=True))
    ]


def judgement(record: str, verdict: str) -> Judgement:
    return Judgement(record_id=record, company_id=record.replace("r", "c"), verdict=verdict, decision_id="d")


@pytest.mark.parametrize(
    ("scores", "judgements", "state", "record"),
    [
        pytest.param((8.0,), [], "accepted", "r0", id="one good"),
        pytest.param((8.0, 2.0), [], "accepted", "r0", id="second far behind"),
        pytest.param((8.0, 8.0), [], "ambiguous", "r0", id="two equally good"),
        pytest.param((8.0,) * 6, [], "ambiguous", "r0", id="six equally good"),
        pytest.param((1.0,), [], "review", "r0", id="so so"),
        pytest.param((-4.0, -4.0), [], "none", "r0", id="two equally bad"),
        pytest.param((), [], "none", None, id="no candidate"),
        pytest.param((8.0, 8.0), [("r0", "different")], "accepted", "r1", id="one of two ruled out"),
        pytest.param((8.0, 1.0), [("r1", "same")], "accepted", "r1", id="the worse one judged the same"),
        pytest.param((8.0,), [("r9", "same")], "accepted", "r9", id="one that is no candidate judged the same"),
        pytest.param((8.0,), [("r0", "unsure")], "review", "r0", id="unsure"),
    ],
)
def test_a_verdict_follows_from_scores_and_judgements(
    scores: tuple[float, ...], judgements: list[tuple[str, str]], state: str, record: str | None
) -> None:
    verdict, _ = decide(candidates(*scores), [judgement(*pair) for pair in judgements], MatchConfig())
    assert (verdict.record_id, verdict.state) == (record, state)
