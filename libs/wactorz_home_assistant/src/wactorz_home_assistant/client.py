"""The connection to Home Assistant: kept for as long as the process lives, renewed whenever it is lost."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wactorz_common.errors import ConfigError, TransportError
from wactorz_home_assistant.answers import Unsent, answer_to
from wactorz_home_assistant.errors import CallRefused, CallUncertain, TokenRefused, reason_of
from wactorz_home_assistant.german import phrase
from wactorz_home_assistant.model import Event, State, is_state, rows_in, services_in
from wactorz_home_assistant.outage import Delays, Outage

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from wactorz_home_assistant.socket import Socket

EventHandler = Callable[[Event], None]
"""Called in the event loop for each event, in order; it must be quick."""

Hook = Callable[[], Awaitable[None]]

_HANDSHAKE_SECONDS = 20.0
_PREPARATION_SECONDS = 60.0
_END_SECONDS = 0.2
_READ_SECONDS = 25.0  # one that is busy may take ten
_QUIET_SECONDS = 10.0
_PATIENCE_SECONDS = 15.0
_STARTING = frozenset({"NOT_RUNNING", "STARTING"})
_STARTING_DELAY = 0.5
_CALL_SECONDS = 10.0
_UNAUTHORIZED = 401
_REMEDY = "Check that it is running, and that HA_URL is right"
_REFUSED = (
    "Home Assistant refuses the token in HA_TOKEN: "
    "make a new long-lived access token in your Home Assistant profile ({url}/profile/security) and set HA_TOKEN to it"
)

_log = logging.getLogger(__name__)


class HomeAssistant:
    """Home Assistant at `url`; connects in the background and retries for ever.

    At each (re)connect the subscriptions are made again, then every hook of `on_connect` runs, and only then the
    connection counts as ready: a hook takes the states anew because events of the meantime are lost. The hooks of
    `on_away` run once in each outage, when it has lasted 3 s or the token is refused, and those of `on_back` once when
    it is over. `on_lost` are called at the very moment a connection ends, before anything else of the next one comes.
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
        self._client: Socket | None = None
        self._session: ClientSession | None = None
        self._runner: asyncio.Task[None] | None = None
        self._handlers: dict[str, list[EventHandler]] = {}
        self.on_connect: list[Hook] = []
        self.on_away: list[Hook] = []
        self.on_back: list[Hook] = []
        self.on_lost: list[Callable[[], None]] = []

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
            return phrase(_REFUSED, url=self.url)
        return f"{self._away(self._problem)}. {phrase(_REMEDY)}"

    def _away(self, why: str) -> str:
        return phrase("Home Assistant at {url} cannot be reached: {why}", url=self.url, why=phrase(why))

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
        delays, outage = Delays(), Outage(asyncio.get_running_loop().time)
        while True:
            was_ready, before = False, self.problem
            try:
                was_ready = await self._connect_and_listen(outage)
                self._problem, self._token_refused = "the connection was lost", False
            except TokenRefused as error:
                self._problem, self._token_refused = str(error), True
            except Exception as error:  # whatever it was, the next attempt is ours
                self._problem, self._token_refused = reason_of(error), False
            if was_ready:
                delays = Delays()
            if self.problem != before:
                _log.warning("home assistant away: %s", self.problem)
            if outage.is_news(at_once=self._token_refused):
                await self._run_hooks(self.on_away)
            await asyncio.sleep(delays.next(refused=self._token_refused))

    async def _connect_and_listen(self, outage: "Outage") -> bool:
        """One life of a connection; True when it had become ready."""
        client = await self._open()
        self._client = client
        listening = asyncio.create_task(client.start_listening(), name="home assistant events")
        watching = asyncio.create_task(client.watch(_QUIET_SECONDS, _PATIENCE_SECONDS), name="home assistant watch")
        preparing = asyncio.create_task(self._prepare(client), name="home assistant resynchronisation")
        life = {listening, watching}
        try:
            await asyncio.wait({*life, preparing}, return_when=asyncio.FIRST_COMPLETED)
            if not preparing.done():
                await self._end_of(listening, watching)
                return False
            await preparing
            self._ready.set()
            _log.info("home assistant connected: %s version %s", self.url, client.version)
            if outage.end():
                await self._run_hooks(self.on_back)
            await asyncio.wait(life, return_when=asyncio.FIRST_COMPLETED)
            await self._end_of(listening, watching)
            return True
        finally:
            was_ready = self._ready.is_set()
            self._ready.clear()
            self._client = None
            outage.begin(anew=was_ready)
            for told in self.on_lost:
                told()
            for task in (*life, preparing):
                task.cancel()
            await asyncio.wait({*life, preparing})
            await client.disconnect()

    async def _end_of(self, listening: asyncio.Task[None], watching: asyncio.Task[str]) -> None:
        """Say why a connection has ended; only a refused token matters to what comes next."""
        from hass_client.exceptions import (  # type: ignore[import-untyped]  # noqa: PLC0415  # loaded with the connection
            AuthenticationFailed,
        )

        if watching.done() and not watching.cancelled() and watching.exception() is None:
            raise TransportError(watching.result())
        try:
            await asyncio.wait_for(asyncio.shield(listening), _END_SECONDS)
        except AuthenticationFailed as error:
            raise self._refused() from error
        except Exception as error:  # how the connection ended does not matter any more
            _log.debug("home assistant connection ended: %r", error)

    async def _prepare(self, client: "Socket") -> None:
        async with asyncio.timeout(_PREPARATION_SECONDS):
            await client.ask_for_batches()
            for event_type in self._handlers:
                subscribing = client.subscribe(self._on_message, "subscribe_events", event_type=event_type)
                await self._answer(subscribing, _READ_SECONDS)
        await self._wait_until_started()
        async with asyncio.timeout(_PREPARATION_SECONDS):
            for hook in self.on_connect:
                await hook()

    async def _wait_until_started(self) -> None:
        """A Home Assistant that still starts has not all its entities and services yet."""
        while (await self.config()).get("state", "RUNNING") in _STARTING:
            self._problem = "it is still starting"
            await asyncio.sleep(_STARTING_DELAY)

    async def _open(self) -> "Socket":
        from aiohttp import ClientSession  # noqa: PLC0415  # loading it early would cost every process its memory
        from hass_client.exceptions import AuthenticationFailed  # noqa: PLC0415  # as above

        from wactorz_home_assistant.socket import Socket  # noqa: PLC0415  # as above

        if self._session is None:
            self._session = ClientSession()
        address = self.url.replace("http", "ws", 1) + "/api/websocket"
        client = Socket(address, self._token or "-", self._session)
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                await client.connect()
        except AuthenticationFailed as error:
            raise self._refused() from error
        except BaseException:
            await client.disconnect()
            raise
        return client

    def _refused(self) -> TokenRefused:
        return TokenRefused(phrase(_REFUSED, url=self.url))

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

    def _on_message(self, message: Mapping[str, Any]) -> None:
        raw = message.get("event")
        if not isinstance(raw, Mapping):
            return
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
        """All states as Home Assistant words them; what is no state is left out."""
        return [dict(row) for row in rows_in(await self.read("get_states")) if is_state(row)]

    async def stream(
        self, command: str, handler: Callable[[Mapping[str, Any]], None], **fields: Any
    ) -> Callable[[], None]:
        """Subscribe to what a command brings until the connection ends or the result is called; errors as of `read`."""
        client = self._client
        if client is None or not client.connected:
            raise TransportError(self.problem or self._away("not connected"))
        end: Callable[[], None] = await self._answer(client.subscribe(handler, command, **fields), _READ_SECONDS)
        return end

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
            raise TransportError(
                phrase(
                    "Home Assistant at {url} did not answer {command}: {why}", url=self.url, command=command, why=error
                )
            ) from error

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
                if answer.status == _UNAUTHORIZED:
                    raise self._refused()
                if answer.status not in {200, 201}:
                    raise CallRefused((await _message(answer)) or f"The home answers with HTTP status {answer.status}")
                return State.parse(await answer.json())
        except (ClientError, TimeoutError) as error:
            raise TransportError(self._away(reason_of(error))) from error

    async def _command(self, command: str, seconds: float, **fields: Any) -> Any:
        client = self._client
        if client is None or not client.connected:
            raise TransportError(self.problem or self._away("not connected"))
        return await self._answer(client.send_command(command, **fields), seconds)

    async def _answer(self, asked: Awaitable[Any], seconds: float) -> Any:
        try:
            return await answer_to(asked, seconds)
        except Unsent as error:
            raise TransportError(self._away(str(error))) from error


async def _json_of(answer: Any) -> Any:
    try:
        return await answer.json(content_type=None)
    except ValueError:
        return None


async def _message(answer: Any) -> str:
    body = await _json_of(answer)
    return str(body.get("message", "")) if isinstance(body, dict) else ""
