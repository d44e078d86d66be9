"""Machines that run agents: listed, and other ones than the main machine told to end."""

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.nodes import NODE_STOP_ALL, StopAllRequest
from wactorz_common.contracts.spawning import LIST_NODES, MANAGE_AGENT, Management, NodeReport
from wactorz_common.contracts.tasks import TaskState
from wactorz_main import fleet_wording as wording
from wactorz_main.errand import Errand
from wactorz_main.fleet import Fleet
from wactorz_main.german import phrase

_ASK_SECONDS = 6.0
_MANAGE_SECONDS = 20.0
_LOCAL = frozenset({"local", "main"})


class Nodekeeping:
    """What one message wants of machines."""

    def __init__(self, errand: Errand, fleet: Fleet) -> None:
        self._errand, self._fleet = errand, fleet

    async def command(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/nodes`, `/nodes remove|restart|shutdown NODE`."""
        nodes = (await self._errand.ask(LIST_NODES, Nothing(), seconds=_ASK_SECONDS)).nodes
        match arguments:
            case ():
                return ChatAnswer(text=wording.nodes_text(nodes))
            case (("remove" | "restart" | "shutdown") as verb, name):
                found = next((one for one in nodes if one.node == name), None)
                return await self._manage(verb, name, found, main=nodes[0].node if nodes else "local")
            case _:
                return self._errand.failed(phrase(wording.NODES_USAGE))

    async def _manage(self, verb: str, name: str, node: NodeReport | None, *, main: str) -> ChatAnswer:
        if name in _LOCAL or name == main:
            return self._errand.failed(phrase(wording.MAIN_MACHINE))
        if node is None:
            return self._errand.failed(
                phrase("There is no machine {name}. /nodes lists those that were heard.", name=name)
            )
        if verb == "remove":
            return await self._remove(node)
        if not node.online:
            return self._errand.failed(
                phrase("{name} is offline, so it cannot be told to {verb}. Nothing was done.", name=name,
                       verb=phrase(verb))
            )  # fmt: skip
        await self._end(name, f"{verb} asked for by a person")
        return ChatAnswer(text=phrase(wording.RESTARTED if verb == "restart" else wording.SHUT_DOWN, node=name))

    async def _remove(self, node: NodeReport) -> ChatAnswer:
        """Forget the spawned agents of a machine, and tell it to end if it is there."""
        kept = await self._fleet.spawned()
        if kept is None:
            return self._errand.failed(phrase(wording.MONITOR_SILENT))
        failed = [name for name, one in kept.items() if one.node == node.node and not await self._delete(name)]
        if failed:
            return ChatAnswer(text=phrase(wording.NOT_REMOVED, node=node.node, agents=", ".join(failed)),
                              status=TaskState.UNKNOWN.value)  # fmt: skip
        if node.online:
            await self._end(node.node, "removed by a person")
        return ChatAnswer(text=phrase("{node} is removed, with the agents that were to run there.", node=node.node))

    async def _delete(self, name: str) -> bool:
        request = Management(name=name, command="delete", by=self._errand.person or self._errand.request.user)
        end = await self._errand.submit(MANAGE_AGENT, request, f"remove/{name}", seconds=_MANAGE_SECONDS)
        return end.state is TaskState.DONE

    async def _end(self, node: str, reason: str) -> None:
        await self._errand.agent.publish(NODE_STOP_ALL, StopAllRequest(reason=reason), node=node)
