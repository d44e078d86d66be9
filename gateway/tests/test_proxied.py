"""Whose word counts about who calls."""

import pytest

from wactorz_gateway.proxied import TrustedProxy, addresses_of


class Clock:
    now = 0.0


def proxy(name="nginx", addresses=("10.0.0.2",)):
    clock, asked = Clock(), []

    async def resolve(host):
        asked.append(host)
        return frozenset(addresses)

    return TrustedProxy(name, lambda: clock.now, resolve), clock, asked


async def test_the_proxy_says_who_calls():
    trusted, _, _ = proxy()
    assert await trusted.caller("10.0.0.2", {"x-real-ip": "192.168.1.7"}) == "192.168.1.7"


@pytest.mark.parametrize(
    ("name", "peer", "headers"),
    [
        ("nginx", "10.0.0.9", {"x-real-ip": "192.168.1.7"}), ("", "10.0.0.2", {"x-real-ip": "192.168.1.7"}),
        ("nginx", "10.0.0.2", {}), ("nginx", "10.0.0.2", {"x-real-ip": "anything"}),
        ("nginx", "10.0.0.2", {"x-forwarded-for": "192.168.1.7"}),
    ],
)  # fmt: skip
async def test_nobody_else_does(name, peer, headers):
    trusted, _, _ = proxy(name)
    assert await trusted.caller(peer, headers) == peer


async def test_a_proxy_that_moves_is_found_again():
    trusted, clock, asked = proxy()
    for clock.now in (0.0, 1.0, 4.9, 5.0):
        await trusted.caller("10.0.0.2", {"x-real-ip": "192.168.1.7"})
    assert asked == ["nginx", "nginx"]


async def test_a_name_that_nobody_has_is_no_address():
    assert "127.0.0.1" in await addresses_of("localhost")
    assert await addresses_of("no-such-host.invalid") == frozenset()
