"""Knows what is said on which topic, and what fits together."""

import time

from wactorz_common.agent import Agent, Task, every, handles
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.guests import OBSERVED
from wactorz_common.contracts.lifecycle import MANIFEST, AgentManifest
from wactorz_common.contracts.topics import (
    CHECK_WIRING,
    LIST_TOPICS,
    PROPOSE_WIRING,
    TopicQuery,
    TopicReport,
    WiringCheck,
    WiringQuery,
    WiringReport,
    WiringVerdict,
)
from wactorz_common.errors import ContractError
from wactorz_topics import wiring, wording
from wactorz_topics.directory import Directory
from wactorz_topics.looking import View
from wactorz_topics.observing import Observer
from wactorz_topics.settings import TopicsSettings
from wactorz_topics.shelf import Shelf

_SAVE_SECONDS = 60.0
_SHOWN = 20
_WORDS = ("topics", "list", "show", "bus")


class TopicsAgent(Agent[TopicsSettings]):
    """Listens to manifests and to what is free to hear; answers what there is and what fits."""

    name = "topics"
    description = "Knows what is said on which topic, and what fits together."

    async def on_start(self) -> None:
        """Take up what an earlier run has seen, and listen."""
        self.observer = Observer(self.settings.most, self.settings.looks_per_second)
        self.directory = Directory()
        self.view = View(self.observer, self.directory, OBSERVED)
        self.shelf = Shelf(self.store)
        await self.shelf.load(self.observer, self.settings.most)
        for one in OBSERVED:
            self.bus.listen(one, self._on_message, qos=0)
        self.bus.listen(MANIFEST.filter(), self._on_manifest, qos=0)

    async def on_stop(self) -> None:
        """Keep what was seen since the last time."""
        await self.shelf.save(self.observer)

    async def _on_message(self, topic: str, data: bytes, retained: bool) -> None:
        self.observer.take(topic, data, time.time(), retained=retained)

    async def _on_manifest(self, topic: str, data: bytes, _retained: bool) -> None:
        """Learn what an agent says about itself, or that it is gone; its patterns become ours."""
        found = MANIFEST.match(topic)
        if found is None:
            return
        if not data:
            self.directory.forget(found["agent_id"])
            return
        try:
            manifest = AgentManifest.decode(data)
        except ContractError as error:
            self.log.debug("a manifest cannot be read", topic=topic, problem=str(error))
            return
        if manifest.actor_id != found["agent_id"]:
            return
        for address in self.directory.note(manifest).publishes:
            if address.count("/") > 1 and self.observer.folding.declare(address):
                self.observer.fold(address)

    @every(_SAVE_SECONDS)
    async def save(self) -> None:
        """Keep what was seen, for the next run."""
        await self.shelf.save(self.observer)

    @handles(LIST_TOPICS)
    async def list_topics(self, query: TopicQuery, _task: Task) -> TopicReport:
        """Topics with fields and samples."""
        return self.view.report(query, time.time())

    @handles(PROPOSE_WIRING)
    async def propose_wiring(self, query: WiringQuery, _task: Task) -> WiringReport:
        """Agents that fit together."""
        return wiring.propose(query, self.directory, self.view, time.time())

    @handles(CHECK_WIRING)
    async def check_wiring(self, wish: WiringCheck, _task: Task) -> WiringVerdict:
        """Whether an agent would get what it waits for."""
        return wiring.check(wish, self.view, time.time())

    @handles(CHAT)
    async def chat(self, request: ChatRequest, _task: Task) -> ChatAnswer:
        """Answer a person who writes `@topics ...`, with topics about what they write."""
        words = [word for word in request.text.split() if word.strip("/.?!").lower() not in _WORDS]
        keyword = " ".join(words)[:200]
        report = self.view.report(TopicQuery(keyword=keyword, limit=_SHOWN), time.time())
        return ChatAnswer(text=wording.report_text(report, keyword))
