"""What is said to nodes: signed spawn messages, stops, restarts, migrations."""

import json
import os
import time
from pathlib import Path
from typing import Any

from wactorz_common import logs
from wactorz_common.bus import Bus
from wactorz_common.contracts.nodes import NODE_LIST, NODE_MIGRATE, NODE_RESTART_AGENT, NODE_SPAWN, NODE_STOP
from wactorz_common.signing import LIFETIME, Signer
from wactorz_monitor import specs
from wactorz_monitor.machines import Machine
from wactorz_monitor.roster import LOCAL_NODE
from wactorz_monitor.spawn_registry import Entry

_EXPIRY = int(LIFETIME)
_SOON = 10


class Dispatcher:
    """Speaks to nodes; every spawn message is signed anew, so that no nonce is used twice."""

    def __init__(self, bus: Bus, signer: Signer) -> None:
        self._bus = bus
        self._signer = signer

    async def spawn(self, entry: Entry, machine: Machine, *, replace: bool, **extras: Any) -> None:
        """Send an agent to a node; ContractError when it is too large for the broker."""
        topic = NODE_SPAWN.topic(node=machine.name)
        is_main = machine.name == LOCAL_NODE
        payload = specs.wire(
            {**entry.spec, "node": machine.name}, entry.agent_id, is_main=is_main, is_ours=machine.is_ours,
            replace=replace, **extras,
        )  # fmt: skip
        headers = tuple(self._signer.headers(topic, payload, time.time()).items())
        await self._bus.send(topic, payload, 1, message_expiry_interval=_EXPIRY, headers=headers)

    async def stop(self, node: str, name: str, *, delete: bool = False, keep_topics: bool = False) -> None:
        """Have a node stop an agent."""
        body = {"name": name, **({"delete": True} if delete else {}), **({"keep_topics": True} if keep_topics else {})}
        await self._say(NODE_STOP.topic(node=node), body)

    async def restart(self, node: str, name: str, reason: str) -> None:
        """Have a node restart an agent, also one in quarantine."""
        await self._say(NODE_RESTART_AGENT.topic(node=node), {"name": name, "reason": reason}, _SOON)

    async def migrate(self, node: str, name: str, target: str, token: str = "") -> None:
        """Have a node move an agent, or hand it back when the target is @main."""
        body = {"name": name, "target_node": target, **({"return_token": token} if token else {})}
        await self._say(NODE_MIGRATE.topic(node=node), body)

    async def ask_for_list(self, node: str) -> None:
        """Have a node tell its agents with their ids."""
        await self._say(NODE_LIST.topic(node=node), {}, _SOON)

    async def _say(self, topic: str, body: dict[str, Any], expiry: int = _EXPIRY) -> None:
        data = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        await self._bus.send(topic, data, 1, message_expiry_interval=expiry)


def load_signer(path: Path) -> Signer:
    """The signing key, made at the first start; its public half is put beside it for the node on this machine."""
    signer = Signer.load(path)
    public, text = path.with_name(f"{path.name}.pub"), signer.public_key.hex()
    try:
        if not public.exists() or public.read_text().strip() != text:
            draft = public.with_name(f".{public.name}.{os.getpid()}")
            draft.write_text(text)
            draft.rename(public)
    except OSError as error:
        reason = f"the public key cannot be written to {public}: {error.strerror}"
        logs.get(__name__).warning("nodes must be given the public key by hand", reason=reason, key=text)
    return signer
