"""The executor for agents with packages where there are no containers: a process each, as root under a user each."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wactorz_common.accounts import guest_slug
from wactorz_common.contracts.hosting import HostOrder
from wactorz_common.errors import Refused, WactorzError
from wactorz_edge.executor import Keeper
from wactorz_edge.host_process import HOST_MODULE, socket_path
from wactorz_edge.ledger import Guest
from wactorz_edge.shared import SharedExecutor
from wactorz_edge.stack import Ready, Unit
from wactorz_edge.supervisor import Supervisor
from wactorz_edge.unprivileged import FIRST_USER, closed_passage, give

_SEARCHABLE = 0o711


class SoloExecutor:
    """Hosts agents in a process each; every process has a folder of its own and knows nothing else."""

    def __init__(self, supervisor: Supervisor, state_dir: Path, env: Mapping[str, str]) -> None:
        self._supervisor = supervisor
        self._state_dir = state_dir
        self._env = dict(env)
        self._keeper: Keeper
        self._hosts: dict[str, SharedExecutor] = {}

    def report_to(self, keeper: Keeper) -> None:
        """Whom to tell what happens to guests."""
        self._keeper = keeper

    async def start(self, guests: list[Guest]) -> None:
        """Find the processes of a runner before this one again."""
        for guest in guests:
            await self._host_of(guest).start([guest])

    async def host(self, guest: Guest, order: HostOrder) -> None:
        """Have a guest run in its process."""
        try:
            await self._host_of(guest).host(guest, order)
        except WactorzError:
            await self._end(guest)
            raise

    async def drop(self, guest: Guest, *, delete: bool, keep_topics: bool) -> None:
        """End a guest and its process."""
        host = self._hosts.pop(guest.name, None) or (self._host_of(guest) if delete else None)
        if host is not None:
            self._hosts.pop(guest.name, None)
            try:
                await host.drop(guest, delete=delete, keep_topics=keep_topics)
            finally:
                await host.end()
        if delete:
            shutil.rmtree(self._folder(guest), ignore_errors=True)

    async def export(self, guest: Guest) -> dict[str, Any]:
        """What a guest has kept."""
        return await self._host_of(guest).export(guest)

    async def kill(self, guest: Guest) -> None:
        """End the process of a guest at once."""
        host = self._hosts.pop(guest.name, None)
        if host is not None:
            host.kill_process("its agent is restarted")
            await host.end()

    def pid(self, guest: Guest) -> int:
        """The process of a guest."""
        host = self._hosts.get(guest.name)
        return host.pid(guest) if host else 0

    async def stop(self) -> None:
        """Let go of the processes, which the supervisor stops."""
        for host in self._hosts.values():
            await host.stop()

    async def _end(self, guest: Guest) -> None:
        host = self._hosts.pop(guest.name, None)
        if host is not None:
            await host.end()

    def _folder(self, guest: Guest) -> Path:
        return self._state_dir / "guests" / guest_slug(guest.name)

    def _host_of(self, guest: Guest) -> SharedExecutor:
        host = self._hosts.get(guest.name)
        if host is None:
            host = self._hosts[guest.name] = SharedExecutor(self._supervisor, self._unit(guest), idle_seconds=0)
            host.report_to(self._keeper)
        return host

    def _unit(self, guest: Guest) -> Unit:
        folder = self._folder(guest)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        command: tuple[str, ...] = (sys.executable, "-m", HOST_MODULE, "--control")
        if os.getuid() == 0:
            user = FIRST_USER + guest.number
            for passage in (self._state_dir, folder.parent):
                passage.chmod(_SEARCHABLE)
            _check_way(folder)
            give(folder, user)
            command = (sys.executable, "-m", "wactorz_edge.unprivileged", str(user), str(folder), *command)
            address = f"{folder}/c.sock"
        else:
            address = socket_path(folder, "c")
        env = {**self._env, "WACTORZ_STATE_DIR": str(folder), "HOME": str(folder)}
        ready = Ready("stream", address=address)
        return Unit(f"host-{guest.number}", ready, command=(*command, address), env=env, essential=False)


def _check_way(folder: Path) -> None:
    """The program and the folder must be within reach of a user without rights."""
    for place in (Path(sys.executable).resolve(), Path(os.__file__), folder):
        closed = closed_passage(place)
        if closed is not None:
            raise Refused(
                f"an agent with packages runs under a user of its own here, which may not enter {closed}: run Wactorz "
                "as a plain user, or keep it and WACTORZ_STATE_DIR in folders that others may pass, as in /opt and /var"
            )
