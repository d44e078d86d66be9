"""What the routes work with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request

from wactorz_common.contracts.chat import Standing
from wactorz_common.secrecy import SecretKeeper
from wactorz_gateway.accounts.accounts import Accounts
from wactorz_gateway.accounts.roles import Role
from wactorz_gateway.agentlogs import AgentLogs
from wactorz_gateway.approvalfeed import ApprovalFeed
from wactorz_gateway.approvals import Decisions
from wactorz_gateway.backend import Backend
from wactorz_gateway.blobs.store import BlobStore
from wactorz_gateway.conversation import Conversations
from wactorz_gateway.dashboard import Dashboard
from wactorz_gateway.deaths import Deaths
from wactorz_gateway.erasing import Erasing
from wactorz_gateway.exposition import Exposition
from wactorz_gateway.feed import MOST_ENTRIES, Feed
from wactorz_gateway.histories import Histories
from wactorz_gateway.house import HouseReader
from wactorz_gateway.houselook import HouseLook
from wactorz_gateway.hub import Hub
from wactorz_gateway.lists import Lists
from wactorz_gateway.live.parts import Live
from wactorz_gateway.livehouse import LiveHouse
from wactorz_gateway.questions import Questions
from wactorz_gateway.registry import Registry
from wactorz_gateway.transcripts import Transcripts


@dataclass(frozen=True)
class Parts:
    """Everything that routes need; `now` gives epoch seconds."""

    backend: Backend
    registry: Registry
    hub: Hub
    dashboard: Dashboard
    conversations: Conversations
    decisions: Decisions
    approvals: ApprovalFeed
    house: HouseReader
    exposition: Exposition
    logs: AgentLogs
    keeper: SecretKeeper
    live: Live
    accounts: Accounts
    log_dir: Path
    now: Callable[[], float]
    transcripts: Transcripts = field(default_factory=Transcripts)

    @cached_property
    def look(self) -> HouseLook:
        """The house by rooms."""
        return HouseLook(LiveHouse(), self.house, self.backend, self.now)

    @cached_property
    def blobs(self) -> BlobStore:
        """Files that people attach."""
        return BlobStore(self.log_dir.parent / "blobs", self.now)

    @cached_property
    def erasing(self) -> Erasing:
        """What deleted people have said."""
        return Erasing(self)

    @cached_property
    def lists(self) -> Lists:
        """Agents and nodes, encoded."""
        return Lists(self.registry, self.backend, self.now)

    @cached_property
    def questions(self) -> Questions:
        """What agents ask people to choose."""
        return Questions()

    @cached_property
    def feed(self) -> Feed:
        """What happened lately."""
        return Feed()

    @cached_property
    def alerts(self) -> Feed:
        """What agents want people to know."""
        return Feed(MOST_ENTRIES // 4)

    @cached_property
    def deaths(self) -> Deaths:
        """Processes that are down."""
        return Deaths()

    @cached_property
    def histories(self) -> Histories:
        """What agents used over time."""
        return Histories()


def parts_of(connection: Any) -> Parts:
    """The parts of the application that serves a request or WebSocket."""
    parts: Parts = connection.app.state.parts
    return parts


async def _from_request(request: Request) -> Parts:
    return parts_of(request)


def person_of(connection: Any) -> str:
    """Who makes a request or opened a WebSocket, as the guards know them."""
    return str(connection.state.person)


def role_of(connection: Any) -> Role:
    """What whoever makes a request or opened a WebSocket may do; `accounts.rights.may` says what that means."""
    role: Role = connection.state.role
    return role


def standing_of(connection: Any) -> Standing:
    """The same as it goes along with what they say, told apart from tokens that only talk."""
    standing: Standing = connection.state.caller.standing
    return standing


def request_id_of(connection: Any) -> str:
    """The id of a request, for logs and for what goes on to the bus."""
    return str(connection.state.request_id)


async def _role_from_request(request: Request) -> Role:
    return role_of(request)


async def _standing_from_request(request: Request) -> Standing:
    return standing_of(request)


async def _person_from_request(request: Request) -> str:
    return person_of(request)


PersonDep = Annotated[str, Depends(_person_from_request)]
StandingDep = Annotated[Standing, Depends(_standing_from_request)]
RoleDep = Annotated[Role, Depends(_role_from_request)]
PartsDep = Annotated[Parts, Depends(_from_request)]
