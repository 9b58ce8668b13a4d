"""A change of an ICP keeps the old version, with its dates."""

from typing import Any

import pytest

from db.warehouse import Warehouse
from enrich.errors import NotFound
from enrich.icp.model import AS_PUBLISHED, Icp
from enrich.icp.versions import choose_version, read_versions


def test_every_published_version_is_kept_once_and_again_where_it_comes_back(world: Any) -> None:
    world.record("910000001", company=1)
    base = world.config

    def publish(**must: Any) -> None:
        world.config = base.model_copy(
            update={"icp": {"mine": Icp.model_validate({"must": must}, context=AS_PUBLISHED)}}
        )
        published = world.publish()
        with Warehouse.open_to_read(published.companies) as companies:
            versions.append(read_versions(companies, "mine"))

    versions: list[Any] = []
    publish(employees="10-")
    publish(employees="10-")
    publish(employees="20-", country=["NO"], industry=["J"], region=[""])  # what could be written once
    publish(employees="10-")
    assert [len(each) for each in versions] == [1, 1, 2, 3]
    last = versions[-1]
    assert [each.definition.must.employees for each in last] == ["10-", "20-", "10-"]
    assert last[0].icp_version == last[2].icp_version != last[1].icp_version
    assert last[0].replaced_at is None
    assert (last[1].replaced_at, last[2].replaced_at) == (last[0].published_at, last[1].published_at)
    assert choose_version(last, last[1].icp_version[:6]) == last[1]
    with pytest.raises(NotFound, match=last[1].icp_version):
        choose_version(last, "zzzzzz")
