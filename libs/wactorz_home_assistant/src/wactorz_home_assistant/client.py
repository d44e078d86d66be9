"""The connection to Home Assistant: kept for as long as the process lives, renewed whenever it is lost."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wactorz_common.errors import ConfigError, TransportError
from wactorz_home_assistant.errors import CallRefused, CallUncertain, TokenRefused, reason_of
from wactorz_home_assistant.model import Event, State, services_in

if TYPE_CHECKING:
    from aiohttp import ClientSession
    from hass_client import HomeAssistantClient  # type: ignore[import-untyped]  # it ships no types

EventHandler = Callable[[Event], None]
"""Called in the event loop for each event, in order; it must be quick."""

Hook = Callable[[], Awaitable[None]]

_FIRST_DELAY = 0.2
_LONGEST_DELAY = 5.0
_TOKEN_DELAY = 30.0
_GRACE_SECONDS = 3.0  # a restart of Home Assistant alone takes longer, a start beside it does not
_HANDSHAKE_SECONDS = 10.0
_READ_SECONDS = 10.0
_STARTING = frozenset({"NOT_RUNNING", "STARTING"})
_STARTING_DELAY = 0.5
_CALL_SECONDS = 10.0
_REMEDY = "Check that it is running, and that HA_URL is right"

_log = logging.getLogger(__name__)


class HomeAssistant:
    """Home Assistant at `url`; connects in the background and retries for ever.

    At each (re)connect the subscriptions are made again, then every hook of `on_connect` runs, and only then the
    connection counts as ready: a hook takes the states anew because events of the meantime are lost. The hooks of
    `on_away` run once in each outage, when it has lasted 3 s or the token is refused.
    """

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigError(f"HA_URL is '{url}', but it must look like http://homeassistant.local:8123")
        self.url = url.rstrip("/")
        self._token = token
        self._ready = asyncio.Event()
        self._problem = "no connection has been made yet"
        self._token_refused = False
        self._client: HomeAssistantClient | None = None
        self._session: ClientSession | None = None
        self._runner: asyncio.Task[None] | None = None
        self._handlers: dict[str, list[EventHandler]] = {}
        self.on_connect: list[Hook] = []
        self.on_away: list[Hook] = []

    @property
    def ready(self) -> bool:
        """Whether the connection stands and the hooks of `on_connect` have run."""
        return self._ready.is_set()

    @property
    def problem(self) -> str:
        """One sentence for a person about why Home Assistant cannot be used; empty while it can."""
        if self.ready:
            return ""
        if self._token_refused:
            return self._problem
        return f"Home Assistant at {self.url} cannot be reached: {self._problem}. {_REMEDY}"

    # -- lifecycle ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin connecting in the background."""
        self._runner = asyncio.create_task(self._stay_connected(), name="home assistant")

    async def stop(self) -> None:
        """Close the connection."""
        if self._runner is not None:
            self._runner.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._runner
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def wait_ready(self, seconds: float) -> None:
        """Wait for the connection; TransportError with the reason after `seconds`."""
        if self._ready.is_set():
            return
        try:
            async with asyncio.timeout(seconds):
                await self._ready.wait()
        except TimeoutError:
            raise TransportError(self.problem) from None

    async def _stay_connected(self) -> None:
        clock = asyncio.get_running_loop().time
        delay, away_since, announced = _FIRST_DELAY, clock(), False
        while True:
            was_ready, before = False, self.problem
            try:
                was_ready = await self._connect_and_listen()
                self._problem, self._token_refused = "the connection was lost", False
            except TokenRefused as error:
                self._problem, self._token_refused = str(error), True
            except Exception as error:  # whatever it was, the next attempt is ours
                self._problem, self._token_refused = reason_of(error), False
            if was_ready:
                delay, away_since, announced = _FIRST_DELAY, clock(), False
            if self.problem != before:
                _log.warning("home assistant away: %s", self.problem)
            if not announced and (self._token_refused or clock() - away_since >= _GRACE_SECONDS):
                announced = True
                await self._run_hooks(self.on_away)
            await asyncio.sleep(_TOKEN_DELAY if self._token_refused else delay)
            delay = min(delay * 2, _LONGEST_DELAY)

    async def _connect_and_listen(self) -> bool:
        """One life of a connection; True when it had become ready."""
        client = await self._open()
        self._client = client
        listening = asyncio.create_task(client.start_listening(), name="home assistant events")
        preparing = asyncio.create_task(self._prepare(client), name="home assistant resynchronisation")
        try:
            await asyncio.wait({listening, preparing}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                await listening
                return False
            await preparing
            self._ready.set()
            _log.info("home assistant connected: %s version %s", self.url, client.version)
            with contextlib.suppress(Exception):  # how the connection ended does not matter any more
                await listening
            return True
        finally:
            self._ready.clear()
            self._client = None
            listening.cancel()
            preparing.cancel()
            await asyncio.wait({listening, preparing})
            await client.disconnect()

    async def _prepare(self, client: "HomeAssistantClient") -> None:
        async with asyncio.timeout(_HANDSHAKE_SECONDS * 3):
            for event_type in self._handlers:
                await self._answer(client.subscribe_events(self._on_event, event_type), _READ_SECONDS)
        await self._wait_until_started()
        async with asyncio.timeout(_HANDSHAKE_SECONDS * 3):
            for hook in self.on_connect:
                await hook()

    async def _wait_until_started(self) -> None:
        """A Home Assistant that still starts has not all its entities and services yet."""
        while (await self.config()).get("state", "RUNNING") in _STARTING:
            self._problem = "it is still starting"
            await asyncio.sleep(_STARTING_DELAY)

    async def _open(self) -> "HomeAssistantClient":
        from aiohttp import ClientSession  # noqa: PLC0415  # loading it early would cost every process its memory
        from hass_client import HomeAssistantClient  # noqa: PLC0415  # as above
        from hass_client.exceptions import (  # type: ignore[import-untyped]  # noqa: PLC0415  # as above
            AuthenticationFailed,
        )

        if self._session is None:
            self._session = ClientSession()
        address = self.url.replace("http", "ws", 1) + "/api/websocket"
        client = HomeAssistantClient(address, self._token or "-", self._session)
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                await client.connect()
        except AuthenticationFailed as error:
            raise TokenRefused(
                "Home Assistant refuses the token in HA_TOKEN: make a new long-lived access token in your Home "
                f"Assistant profile ({self.url}/profile/security) and set HA_TOKEN to it"
            ) from error
        except BaseException:
            await client.disconnect()
            raise
        return client

    @staticmethod
    async def _run_hooks(hooks: list[Hook]) -> None:
        for hook in hooks:
            try:
                await hook()
            except Exception:
                _log.exception("hook failed")

    # -- events -------------------------------------------------------------------------------------------------

    def subscribe(self, event_type: str, handler: EventHandler) -> None:
        """Call `handler` for each event of that type; to be called before `start`."""
        self._handlers.setdefault(event_type, []).append(handler)

    def _on_event(self, raw: Mapping[str, Any]) -> None:
        event = Event.parse(raw)
        for handler in self._handlers.get(event.event_type, ()):
            try:
                handler(event)
            except Exception:
                _log.exception("handler of %s failed", event.event_type)

    # -- questions ----------------------------------------------------------------------------------------------

    async def states(self) -> list[State]:
        """All states as they are now."""
        return [State.parse(raw) for raw in await self.raw_states()]

    async def raw_states(self) -> list[dict[str, Any]]:
        """All states as Home Assistant words them."""
        return list(await self.read("get_states"))

    async def services(self) -> dict[str, dict[str, Any]]:
        """Descriptions of the services by domain and name."""
        return services_in(await self.read("get_services"))

    async def config(self) -> dict[str, Any]:
        """The configuration: location, units, language."""
        return dict(await self.read("get_config"))

    async def is_demo(self) -> bool:
        """Whether the simulated house answers instead of a real Home Assistant."""
        return (await self.config()).get("config_source") == "demo"

    async def read(self, command: str, **fields: Any) -> Any:
        """A question that moves no device; a connection that stays silent is given up.

        CallRefused: Home Assistant does not answer it, because it is too old or too new for it. Else TransportError.
        """
        try:
            return await self._command(command, _READ_SECONDS, **fields)
        except CallUncertain as error:
            client = self._client
            if client is not None:
                await client.disconnect()
            raise TransportError(f"Home Assistant at {self.url} did not answer {command}: {error}") from error

    # -- commands -----------------------------------------------------------------------------------------------

    async def call_service(
        self, domain: str, service: str, data: Mapping[str, Any] | None = None, target: Mapping[str, Any] | None = None,
        *, seconds: float = _CALL_SECONDS,
    ) -> str:  # fmt: skip
        """Call a service and return the context id of its effects.

        TransportError: nothing was sent. CallRefused: Home Assistant declined. CallUncertain: sent, no answer.
        """
        fields: dict[str, Any] = {"domain": domain, "service": service, "service_data": dict(data or {})}
        if target:
            fields["target"] = dict(target)
        answer = await self._command("call_service", seconds, **fields)
        return str(((answer or {}).get("context") or {}).get("id") or "")

    async def set_state(self, entity_id: str, state: str, attributes: Mapping[str, Any] | None = None) -> State:
        """Move an entity of the demo home; with a real Home Assistant this would only falsify its picture."""
        if not await self.is_demo():
            raise CallRefused("Only the demo home's sensors can be moved")
        if self._session is None:
            raise TransportError(self.problem)
        from aiohttp import ClientError, ClientTimeout  # noqa: PLC0415  # as above

        address = f"{self.url}/api/states/{entity_id}"
        body = {"state": state, "attributes": dict(attributes or {})}
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            async with self._session.post(
                address, json=body, headers=headers, timeout=ClientTimeout(total=_READ_SECONDS)
            ) as answer:
                if answer.status not in {200, 201}:
                    raise CallRefused((await _message(answer)) or f"The home answers with HTTP status {answer.status}")
                return State.parse(await answer.json())
        except (ClientError, TimeoutError) as error:
            raise TransportError(f"Home Assistant at {self.url} cannot be reached: {reason_of(error)}") from error

    async def _command(self, command: str, seconds: float, **fields: Any) -> Any:
        client = self._client
        if client is None or not client.connected:
            raise TransportError(self.problem or f"Home Assistant at {self.url} cannot be reached: not connected")
        return await self._answer(client.send_command(command, **fields), seconds)

    async def _answer(self, asked: Awaitable[Any], seconds: float) -> Any:
        """Wait for an answer and put the client's errors into our words."""
        from hass_client.exceptions import FailedCommand, NotConnected  # noqa: PLC0415  # loaded with the connection

        try:
            async with asyncio.timeout(seconds):
                return await asked
        except FailedCommand as error:
            raise CallRefused(str(error)) from error
        except NotConnected as error:
            raise TransportError(f"Home Assistant at {self.url} cannot be reached: the connection was lost") from error
        except TimeoutError as error:
            raise CallUncertain(f"no answer within {seconds:g} s") from error
        except OSError as error:
            raise CallUncertain(reason_of(error)) from error
        except asyncio.CancelledError as error:
            if _cancelled_by_others():
                raise
            raise CallUncertain("the connection was lost before the answer came") from error


def _cancelled_by_others() -> bool:
    """Whether this very task is being cancelled, rather than the answer it waits for (which the client cancels)."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _message(answer: Any) -> str:
    try:
        body = await answer.json(content_type=None)
    except ValueError:
        return ""
    return str(body.get("message", "")) if isinstance(body, dict) else ""
