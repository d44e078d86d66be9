import pytest

from wactorz_common.contracts.guests import OBSERVED
from wactorz_common.contracts.lifecycle import AgentManifest
from wactorz_common.contracts.topics import TopicQuery
from wactorz_topics.directory import Directory
from wactorz_topics.looking import View
from wactorz_topics.observing import Observer

NOW = 1_000_000.0


@pytest.fixture
def view():
    observer, directory = Observer(10_000, 10_000), Directory()
    for number in range(3):
        observer.take("custom/quiet", b'{"volume": 1}', NOW - 600 + number)
    for number in range(30):
        observer.take("custom/lively", b'{"t": 1}', NOW - 30 + number)
    directory.note(AgentManifest(
        name="weather", actor_id="w-1", description="", timestamp=NOW,
        publishes=("custom/weather", "agents/{agent_id}/result", "io/private"), subscribes=("custom/lively",),
        produces_schema={"wind": "float"},
    ))  # fmt: skip
    return View(observer, directory, OBSERVED)


def names(view, **query):
    return [one.topic for one in view.report(TopicQuery(**query), NOW).topics]


def test_the_liveliest_first_and_what_is_only_declared_last(view):
    assert names(view)[:2] == ["custom/lively", "custom/quiet"]
    assert set(names(view)[2:]) == {"custom/weather", "agents/w-1/result"}


def test_keywords_are_looked_for_in_topics_agents_and_fields(view):
    assert names(view, keyword="QUIET") == ["custom/quiet"]
    assert set(names(view, keyword="weather")) == {"custom/lively", "custom/weather", "agents/w-1/result"}
    assert names(view, keyword="volume") == ["custom/quiet"]
    assert set(names(view, keyword="wind")) == {"custom/weather", "agents/w-1/result"}
    assert names(view, keyword="nothing") == []


def test_reports_are_limited_in_number_and_size(view):
    report = view.report(TopicQuery(limit=1, samples=False), NOW)
    assert (len(report.topics), report.total, report.topics[0].fields) == (1, 4, ())
    for number in range(1_000):
        fields = ",".join(f'"field{number}-{inner}":"{"x" * 100}"' for inner in range(30))
        view._observer.take(f"custom/large{number}", f"{{{fields}}}".encode(), NOW)
    report = view.report(TopicQuery(limit=1_000), NOW)
    assert len(report.encode()) < 650_000
    assert report.total == 1_004
