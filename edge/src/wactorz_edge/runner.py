"""The node runner: the parent of every process of this machine. Settings, broker, stack, supervision, bus."""

import argparse
import asyncio
import hashlib
import os
import signal
import sys
import time

from wactorz_common import logs
from wactorz_common import settings as common_settings
from wactorz_common.bus import Identity
from wactorz_common.errors import ConfigError, StoreError
from wactorz_common.run import install_id
from wactorz_common.supervision import parse_groups
from wactorz_edge import broker, hosting, identity, procfs, record, stack, starting
from wactorz_edge.launcher import CONFIG_EXIT
from wactorz_edge.layout import Layout
from wactorz_edge.ledger import Ledger
from wactorz_edge.node import NodeLink
from wactorz_edge.settings import EdgeSettings
from wactorz_edge.strangers import end_strangers
from wactorz_edge.supervisor import Supervisor
from wactorz_edge.watchdog import Watchdog

_LOCK_DESCRIPTOR = 3


def main() -> int:
    """Run until told to stop; 78 when a setting keeps the system from starting."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--launcher", type=int, default=0, help="process id of the launcher")
    options = parser.parse_args()
    _keep_lock_to_ourselves()
    layout = Layout.from_environment()
    previous = record.read(layout.record_file)
    node = _fresh(previous)
    try:
        settings = common_settings.load(EdgeSettings)
        starting.rotate(layout.log_file("runner"))
        logs.configure("runner", settings.log_level, settings.log_format)
        node.address = settings.address
        record.write(layout.record_file, node)
        procfs.become_subreaper()
        return asyncio.run(_run(settings, layout, node, options.launcher))
    except (ConfigError, StoreError) as error:
        node.problem = str(error)
        node.phase = "stopped"
        record.write(layout.record_file, node)
        sys.stderr.write(f"{error}\n")
        return CONFIG_EXIT


def _keep_lock_to_ourselves() -> None:
    """The launcher hands its lock down, so that it is held while one of the two lives; children do not get it."""
    try:
        os.set_inheritable(_LOCK_DESCRIPTOR, False)
    except OSError:
        sys.stderr.write("started without the launcher's lock\n")


def _fresh(previous: record.NodeRecord | None) -> record.NodeRecord:
    """The record to go on with: that of a runner that died, or a new one after an orderly stop."""
    node = record.NodeRecord(started_at=time.time(), boot=procfs.boot_id())
    if previous is not None and previous.living():
        node = previous
        node.phase, node.problem = ("ready" if previous.phase == "ready" else "starting"), ""
    node.runner = procfs.identify(os.getpid())
    return node


async def _run(settings: EdgeSettings, layout: Layout, node: record.NodeRecord, launcher: int) -> int:
    me = identity.NodeIdentity.load(layout.node_file, settings.node_name)
    plan, units = _plan(settings, layout, node, me)
    groups = parse_groups(settings.supervision_groups)
    supervisor = Supervisor(units, node, layout, settings.policy, settings.node_name, groups)
    end_strangers(launcher, {known.pid for known in node.processes.values()})
    ledger = Ledger(hosting.ledger_path(layout))
    client = f"wactorz-node-{install_id(layout.state_dir)}-{settings.node_name}"
    link = NodeLink(
        supervisor, Identity(settings.node_name, me.node_id, me.incarnation, client), plan.broker,
        settings.heartbeat_seconds,
    )  # fmt: skip
    wanted = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, wanted.set)
    guests = hosting.build(settings, layout, supervisor, link.bus, plan.broker, ledger)
    link.host_guests(guests)
    link.start()
    supervisor.start()
    await guests.guests.start()
    supervisor.end_unclaimed()
    watching = asyncio.create_task(Watchdog(supervisor).run())
    await first_of(wanted, supervisor.given_up)
    watching.cancel()
    await guests.stop()
    await link.stop()
    await supervisor.stop()
    ledger.close()
    return CONFIG_EXIT if supervisor.given_up.is_set() else 0


def _plan(
    settings: EdgeSettings, layout: Layout, node: record.NodeRecord, me: identity.NodeIdentity
) -> tuple[broker.BrokerPlan, list[stack.Unit]]:
    """Everything that is decided before the first process starts."""
    names = stack.service_names(settings)
    running = {name for name, item in node.processes.items() if procfs.is_alive(item.pid, item.start)}
    if stack.GATEWAY in names and stack.GATEWAY not in running:
        _check_address(settings)
    broker_port = me.port_for(stack.BROKER, in_use_by_us=stack.BROKER in running)
    plan = broker.choose(settings, layout, broker_port, lambda: _enter(layout, node, "installing"))
    if node.phase == "installing":
        _enter(layout, node, "starting")
    home = None
    if not settings.ha_url and stack.needs_home(names):
        port = me.port_for(stack.DEMO_HOME, in_use_by_us=stack.DEMO_HOME in running)
        token_file = layout.state_dir / "demo-home" / "token"
        broker.secret(token_file)
        home = stack.HomePlan(port, token_file)
    me.save(layout.node_file)
    socket_address = f"wactorz-{os.getuid()}-{hashlib.sha256(str(layout.state_dir).encode()).hexdigest()[:16]}"
    return plan, stack.build(settings, layout, os.environ, plan, home, socket_address)


def _enter(layout: Layout, node: record.NodeRecord, phase: str) -> None:
    node.phase = phase
    record.write(layout.record_file, node)


def _check_address(settings: EdgeSettings) -> None:
    if not identity.is_free(settings.http_bind, settings.http_port):
        raise ConfigError(
            f"Port {settings.http_port} on {settings.http_bind} is taken by another program: "
            "end that one, or set WACTORZ_HTTP_PORT to a free port"
        )


async def first_of(*events: asyncio.Event) -> None:
    """Wait until one of the events is set."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    _, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()


if __name__ == "__main__":
    sys.exit(main())
