"""One entry point for every service: settings, logs, store, bus, agent, signals, exit code."""

import asyncio
import contextlib
import gc
import os
import secrets
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from wactorz_common import failpoints, logs, settings
from wactorz_common.agent import Agent
from wactorz_common.bus import Broker, Bus, Identity
from wactorz_common.contracts.lifecycle import STATUS, AgentState, AgentStatus
from wactorz_common.database import StateHeld
from wactorz_common.errors import ConfigError, StoreError, WactorzError
from wactorz_common.ids import clock
from wactorz_common.loopwatch import LoopWatch
from wactorz_common.restoring import INCARNATION
from wactorz_common.settings import AgentSettings
from wactorz_common.store import Store
from wactorz_common.supervision import silence_limit

S = TypeVar("S", bound=AgentSettings)

EXIT_CONFIG = 78
"""Exit code when a setting or the state folder is wrong: a restart will not mend it."""

GIVEN_ID = "agent-id"
"""File beside an agent's state that says which id it has; a state that is lost does not change it."""

MOST_REPLICAS = 64
"""Replicas of one service on one machine."""

_SHORT = 16
_ID = "_agent_id"
_STARTS = "_starts"


def run(agent_class: type[Agent[S]], settings_class: type[S]) -> None:
    """Run one agent until it is stopped; ends the process with an exit code."""
    try:
        loaded = settings.load(settings_class)
        logs.configure(agent_class.name, loaded.log_level, loaded.log_format)
        failpoints.configure(loaded.failpoints)
        import uvloop  # noqa: PLC0415  # the fork server must not load an event loop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(agent_class, loaded))
    except (ConfigError, StoreError) as error:
        sys.stderr.write(f"{agent_class.name}: {error}\n")
        sys.exit(EXIT_CONFIG)
    except WactorzError as error:
        sys.stderr.write(f"{agent_class.name}: {error}\n")
        sys.exit(1)


async def serve(agent_class: type[Agent[S]], loaded: S) -> None:
    """Run one agent in the present event loop until a signal or its own end; begin again with a restored state."""
    while await _serve_once(agent_class, loaded):
        logs.get(__name__).info("beginning again with the restored state")


async def _serve_once(agent_class: type[Agent[S]], loaded: S) -> bool:
    if loaded.health_file:
        loaded.health_file.unlink(missing_ok=True)  # what the last run said does not hold for this one
    store = open_store(agent_class, loaded)
    try:
        agent = agent_class(loaded, await make_bus(agent_class, loaded, store), store)
        stopped = agent.finished
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        watch = watch_of(agent_class, loaded)
        try:
            await agent.start()
            gc.freeze()
            await stopped.wait()
        finally:
            if watch is not None:
                watch.stop()
            await agent.stop()
    finally:
        await store.close()
    return agent.begins_again


def watch_of(agent_class: type[Agent[Any]], loaded: AgentSettings) -> LoopWatch | None:
    """Who ends the process when its loop hangs, in containers: nobody else does that for the one that watches all."""
    if not agent_class.watches_itself or loaded.health_file is None:
        return None
    watch = LoopWatch(loaded.health_file, round(silence_limit(loaded.heartbeat_seconds)))
    watch.start()
    return watch


def open_store(agent_class: type[Agent[Any]], loaded: AgentSettings) -> Store:
    """The opened state of an agent; a replica takes the first one that no other process is at work with."""
    folder = loaded.agent_dir(agent_class.name)
    if not agent_class.replicated:
        store = Store(folder / "state.db")
        store.open()
        return store
    for number in range(1, MOST_REPLICAS + 1):
        store = Store(folder / str(number) / "state.db", claim_seconds=0)
        with contextlib.suppress(StateHeld):
            store.open()
            return store
    raise ConfigError(f"{MOST_REPLICAS} replicas of {agent_class.name} run on this machine already: stop one of them")


async def make_bus(agent_class: type[Agent[Any]], loaded: AgentSettings, store: Store) -> Bus:
    """The bus of an agent, with an id minted once and an incarnation that rises with each start."""
    client_id = f"wactorz-agent-{install_id(loaded.state_dir)}-{agent_class.name}"
    replica = store.path.parent.name if agent_class.replicated else ""
    given = given_id(store.path.parent)
    # Several replicas may be begun in one second, which their ids must not share.
    tail = f"{agent_class.name[:_SHORT]}_{replica}" if replica else ""
    identity = await make_identity(agent_class.name, store, f"{client_id}-{replica}".rstrip("-"), given, tail)
    if replica:
        identity = replace(identity, replica=replica)
    return bus_of(identity, broker_of(loaded), protected=agent_class.protected)


def given_id(agent_dir: Path) -> str:
    """The id that was given to an agent from outside, together with its rights at the broker; mostly there is none."""
    try:
        return (agent_dir / GIVEN_ID).read_text().strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ConfigError(f"The file {agent_dir / GIVEN_ID} cannot be read: {error.strerror}") from error


async def make_identity(name: str, store: Store, client_id: str, agent_id: str = "", tail: str = "") -> Identity:
    """Who an agent is: the id that was given, kept or is minted now, and an incarnation that rises with each start.

    `tail` ends an id that is minted; by default the name does.
    """
    known = agent_id or store.recall(_ID)
    agent_id = known or clock.mint(tail or name)
    last = store.recall(INCARNATION, int(time.time()) if known else 0)  # a state that was lost must not set it back
    starts = store.recall(_STARTS, store.recall(INCARNATION, 0)) + 1
    await store.persist_all({_ID: agent_id, INCARNATION: last + 1, _STARTS: starts})
    return Identity(name, agent_id, last + 1, client_id, starts=starts)


def bus_of(identity: Identity, broker: Broker, *, protected: bool) -> Bus:
    """The bus of an agent, which says that it has failed when the connection ends without a goodbye."""
    will = AgentStatus(
        actor_id=identity.agent_id, name=identity.name, state=AgentState.FAILED, protected=protected,
        incarnation=identity.incarnation,
    )  # fmt: skip
    return Bus(identity, broker, (STATUS, will, {"agent_id": identity.agent_id}))


def broker_of(loaded: AgentSettings) -> Broker:
    """Where the settings say the broker is."""
    return Broker(loaded.mqtt_host, loaded.mqtt_port, loaded.mqtt_username, loaded.mqtt_password.get_secret_value())


def install_id(state_dir: Path) -> str:
    """Twelve hexadecimal digits minted once per installation, so that two on one broker do not evict each other."""
    path = state_dir / "install-id"
    with contextlib.suppress(FileNotFoundError):
        return path.read_text().strip()
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(secrets.token_hex(6))
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path.read_text().strip()
