"""A node that only hosts spawned agents: `python -m wactorz_edge.guest_node`, in a container or in another room."""

import asyncio
import os
import signal
import sys
import time

from wactorz_common import logs
from wactorz_common import settings as common_settings
from wactorz_common.bus import Identity
from wactorz_common.errors import ConfigError, StoreError
from wactorz_common.run import broker_of, install_id
from wactorz_edge import hosting, procfs, record
from wactorz_edge.identity import NodeIdentity
from wactorz_edge.launcher import CONFIG_EXIT
from wactorz_edge.layout import Layout
from wactorz_edge.ledger import Ledger
from wactorz_edge.node import NodeLink
from wactorz_edge.runner import first_of
from wactorz_edge.settings import NodeSettings
from wactorz_edge.supervisor import Supervisor


def main() -> int:
    """Run until told to stop; 78 when a setting or the state folder is wrong."""
    layout = Layout.from_environment()
    if problem := layout.prepare():
        sys.stderr.write(f"node: {problem}\n")
        return CONFIG_EXIT
    try:
        settings = common_settings.load(NodeSettings)
        logs.configure("node", settings.log_level, settings.log_format)
        if settings.health_file:
            settings.health_file.unlink(missing_ok=True)
        procfs.become_subreaper()
        return asyncio.run(_run(settings, layout))
    except (ConfigError, StoreError) as error:
        sys.stderr.write(f"node: {error}\n")
        return CONFIG_EXIT


async def _run(settings: NodeSettings, layout: Layout) -> int:
    me = NodeIdentity.load(layout.node_file, settings.node_name)
    node = record.read(layout.record_file) or record.NodeRecord(started_at=time.time(), boot=procfs.boot_id())
    node.runner, node.phase = procfs.identify(os.getpid()), "ready"
    supervisor = Supervisor((), node, layout, settings.policy, settings.node_name)
    broker = broker_of(settings)
    ledger = Ledger(hosting.ledger_path(layout))
    client = f"wactorz-node-{install_id(layout.state_dir)}-{settings.node_name}"
    link = NodeLink(
        supervisor, Identity(settings.node_name, me.node_id, me.incarnation, client), broker,
        settings.heartbeat_seconds, health_file=settings.health_file,
    )  # fmt: skip
    wanted = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, wanted.set)
    guests = hosting.build(settings, layout, supervisor, link.bus, broker, ledger)
    link.host_guests(guests)
    link.start()
    supervisor.start()
    await guests.guests.start()
    supervisor.end_unclaimed()
    await first_of(wanted, guests.all_stopped)
    await guests.stop()
    await link.stop()
    await supervisor.stop()
    ledger.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
