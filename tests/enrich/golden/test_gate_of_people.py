"""What the gate holds back of people the moment it is decided."""

from typing import Any

from enrich import decide
from enrich.gate import open_readers


def test_who_works_for_a_sole_trader_is_held_back_with_it_at_once(world: Any) -> None:
    trader = world.record(
        "910000003", company=3, name="Kari Nordmann", entity_kind="sole_trader", is_natural_person=True
    )
    world.record("910000001", company=1, name="Alfa AS")
    world.crm("crm_company", "c3", crm_key="33", name="Kari Nordmann", is_natural_person=True)
    world.crm("crm_contact", "p3", email="ola@kari-example.no", company_crm_key="33")
    world.accept("company", "c3", trader, 3)
    decide.add_to_list(world.config, "summer", company_id=world.company_id(3), record_id=trader)
    world.publish()
    asked = ("current_contact", "current_match", "current_list_member")

    def seen() -> list[int]:
        with open_readers(world.config) as readers:
            return [len(readers.warehouse.ask(f"SELECT * FROM {name}")) for name in asked]

    assert seen() == [1, 1, 1]
    decide.suppress(world.config, "organisation", "NO:910000003")
    assert seen() == [0, 0, 0]
