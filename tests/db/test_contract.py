"""The frozen contract of the published files: what counts as broken."""

import pytest

from db.contract import parse_contract, read_contract


def test_what_is_written_is_what_is_read() -> None:
    contract = read_contract()
    assert parse_contract(contract.render()) == contract
    assert contract.columns["companies"]["meta", "schema_version"] == "INTEGER"


@pytest.mark.parametrize(("kind", "relation"), [("companies", "company"), ("people", "contact")])
def test_every_column_that_goes_or_has_another_type_breaks_it(kind: str, relation: str) -> None:
    contract = read_contract()
    kept = contract.columns[kind]
    assert contract.missed_by(kind, {**kept, (relation, "new"): "VARCHAR"}) == []
    for column in [column for table, column in kept if table == relation]:
        without = {key: type_ for key, type_ in kept.items() if key != (relation, column)}
        assert contract.missed_by(kind, without) == [f"mart.{relation}.{column} is missing"]
        assert contract.missed_by(kind, {**kept, (relation, column): "BLOB"}) == [
            f"mart.{relation}.{column} is BLOB and not {kept[relation, column]}"
        ]
