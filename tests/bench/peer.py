"""The other side of a measurement, as a process of its own: a raw echo, or an agent."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import gmqtt
from pydantic import Field

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts import Operation, Payload
from wactorz_common.run import serve
from wactorz_common.settings import AgentSettings


class Text(Payload):
    """A payload of a given size."""

    text: str = Field(description="Anything")


ECHO = Operation("echo", "echo", Text, Text, "The same again", timeout=10)
KEEP = Operation("keep", "echo", Text, Text, "The same again, kept", durable=True, timeout=60)


class Echo(Agent[AgentSettings]):
    """Says the same again."""

    name = "echo"
    description = "Says the same again"

    @handles(ECHO)
    async def echo(self, request: Text, _task: Task) -> Text:
        """Answer at once."""
        return request

    @handles(KEEP)
    async def keep(self, request: Text, _task: Task) -> Text:
        """Answer at once, through the inbox."""
        return request


class Asker(Agent[AgentSettings]):
    """Asks."""

    name = "asker"
    description = "Asks"


async def raw_echo(port: int) -> None:
    """The same exchange with the bare MQTT client."""
    client = gmqtt.Client("raw-echo", clean_session=True, optimistic_acknowledgement=False)

    async def on_message(
        client: gmqtt.Client, _topic: str, payload: bytes, _qos: int, properties: dict[str, Any]
    ) -> int:
        client.publish(
            properties["response_topic"][0], payload, qos=1, correlation_data=properties["correlation_data"][0]
        )
        return 0

    client.on_message = on_message
    await client.connect("127.0.0.1", port)
    client.subscribe("raw/request", qos=1)
    await asyncio.Event().wait()


def main() -> None:
    """Run one side: `peer raw PORT` or `peer agent PORT STATE`."""
    import uvloop  # noqa: PLC0415  # only this process needs it

    kind, port = sys.argv[1], int(sys.argv[2])
    if kind == "raw":
        uvloop.run(raw_echo(port))
    else:
        settings = AgentSettings.model_validate({"state_dir": Path(sys.argv[3]), "mqtt_port": port})
        uvloop.run(serve(Echo, settings))


if __name__ == "__main__":
    main()
