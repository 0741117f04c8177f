"""Many people at one app: nobody gets another's answer, equal work waits alike, a slider moves meanwhile."""

import asyncio

import crowd


def test_a_small_room_draws_at_once(app_url):
    found = asyncio.run(crowd.gather(app_url, people=12, requests=24, lookers=20))
    assert not found.errors and not found.mixed
    assert len(found.waits) == 24 and found.light
    assert found.told()["worst_by_median"] <= 3
