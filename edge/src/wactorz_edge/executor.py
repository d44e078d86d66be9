"""What spawned agents run in: the one interface of the shared sandbox, a process of their own, and a container."""

from dataclasses import dataclass
from typing import Any, Protocol

from wactorz_common.accounts import guest_client_id, guest_password, guest_user
from wactorz_common.bus import Broker
from wactorz_common.contracts.hosting import BrokerLogin, HostAnswer, HostOrder
from wactorz_edge.ledger import Guest

HOST_SECONDS = 60.0
INSTALL_SECONDS = 600.0
DROP_SECONDS = 8.0
EXPORT_SECONDS = 25.0
"""What runs may end, and clean up, before its state is told."""


class Keeper(Protocol):
    """Who looks after the guests, and is told what happens to them."""

    def ended(self, name: str, reason: str, *, code: int | None = None, wished: bool = False) -> None:
        """A guest has ended by itself: why, with which exit code, and whether it wished so for good."""

    def repaired(self, name: str, code: str) -> None:
        """The code of a guest has been replaced."""


class Executor(Protocol):
    """Runs guests; Refused is final for this specification, TransportError may pass."""

    def report_to(self, keeper: Keeper) -> None:
        """Whom to tell what happens to guests."""

    async def start(self, guests: list[Guest]) -> None:
        """Find again what a runner before this one has left running; `guests` are those of this executor."""

    async def host(self, guest: Guest, order: HostOrder) -> None:
        """Have a guest run; the same order for one that runs changes nothing."""

    async def drop(self, guest: Guest, *, delete: bool, keep_topics: bool) -> None:
        """End a guest, running or not; with `delete` forget what it has kept."""

    async def export(self, guest: Guest) -> dict[str, Any]:
        """End a running guest, whose work another copy takes over, and tell what it has kept, by key."""

    async def kill(self, guest: Guest) -> None:
        """Make sure that a guest that may hang does not run, at once."""

    def pid(self, guest: Guest) -> int:
        """The process that the guest runs in; 0 when there is none, or it is not known."""

    async def stop(self) -> None:
        """End what is left, in good order."""


@dataclass(frozen=True)
class Logins:
    """How guests log in at the broker."""

    broker: Broker
    secret: str = ""
    host: str = ""

    def login(self, guest: Guest) -> BrokerLogin:
        """The account of a guest: its own where the node has a secret, the runner's otherwise."""
        host = self.host or self.broker.host
        if not self.secret:
            return BrokerLogin(
                host=host, port=self.broker.port, username=self.broker.username, password=self.broker.password
            )
        return BrokerLogin(
            host=host, port=self.broker.port, username=guest_user(guest.name),
            password=guest_password(self.secret, guest.agent_id), client_id=guest_client_id(guest.name),
        )  # fmt: skip

    def order(self, guest: Guest) -> HostOrder:
        """The order to host a guest."""
        return HostOrder(op="host", name=guest.name, spec=guest.spec, broker=self.login(guest))


def patience(guest: Guest) -> float:
    """Seconds within which a guest must be hosted; packages take longer."""
    return INSTALL_SECONDS if guest.spec.install else HOST_SECONDS


def answered(keeper: Keeper, name: str, answer: HostAnswer) -> None:
    """Pass on what a host says of a guest without being asked."""
    if answer.event == "ended":
        keeper.ended(name, answer.error or "it ended by itself", wished=answer.final)
    elif answer.event == "repaired" and answer.code:
        keeper.repaired(name, answer.code)
