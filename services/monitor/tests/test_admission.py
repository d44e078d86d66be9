"""Which specifications are accepted, and what is said of the others."""

import ast
import random

import pytest
from pydantic import ValidationError

from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import ContractError
from wactorz_monitor import specs
from wactorz_monitor.admission import MOST_BYTES, SHIPPED, Surroundings, node_of, problem_of, problem_of_name

CODE = "async def process(agent):\n    pass\n"
AROUND = Surroundings(frozenset({"local", "pi"}), frozenset({"billing"}), frozenset({"pi"}))


def check(**fields):
    return problem_of(SpawnSpec.accept({"name": "watcher", "code": CODE, **fields}), AROUND)


@pytest.mark.parametrize("name", ["watcher", "Küchen Wache", "a", "heizung_2", "x" * 64, "by-name-2", "火"])
def test_a_name_is_one_topic_level_in_any_language(name):
    assert problem_of_name(name) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a/b", "leave out"), ("a+b", "leave out"), ("#", "leave out"), ("a\x00", "leave out"), ("a\nb", "leave out"),
        ("\ud800", "leave out"), (" a", "blanks"), ("   ", "blanks"), ("..", "begin"), (".hidden", "begin"), ("$SYS", "begin"),
        ("by-name", "begin"), ("@main", "begin"), ("火" * 64, ""), ("\U00010400" * 64, "bytes long"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_name_is_told_with_what_to_change(name, words):
    problem = problem_of_name(name)
    assert (words in problem) if words else problem == ""


@pytest.mark.parametrize("name", ["main", "Monitor", "IO-agent", "billing", "catalog", "local"])
def test_names_of_services_are_taken_however_they_are_spelled(name):
    assert "name of a service" in check(name=name)


def test_every_shipped_service_is_protected():
    for name in SHIPPED:
        assert "name of a service" in check(name=name)


def test_the_main_machine_has_three_names_and_an_unknown_node_is_refused_with_the_known_ones():
    assert [node_of(SpawnSpec(name="a", node=node)) for node in ("", "main", "local", "pi")] == ["local"] * 3 + ["pi"]
    assert check(node="pi") == ""
    assert "choose one of local, pi" in check(node="moon")


def test_types_without_an_executor_are_named_as_such():
    for kind in ("scheduled", "rule", "module", "manual"):
        assert f"no executor for agents of type '{kind}' yet" in check(type=kind)
    assert "is no type of agent" in check(type="robot")


def test_each_type_needs_what_it_runs():
    assert "needs Python source" in check(code=" ")
    assert check(code="", system_prompt="You are a poet") == ""
    assert "needs a system_prompt" in check(type="llm", code="", system_prompt=" ")
    assert "runs no code" in check(type="llm", system_prompt="You are a poet")
    assert "stand-alone runner" in check(code="", system_prompt="You are a poet", node="pi")


@pytest.mark.parametrize("code", ["def (", "a = ", "x = '\\ud800", "(" * 3000, "\x00", "\tif\n  x"])
def test_code_that_does_not_parse_is_refused_with_the_place(code):
    assert "`code`" in check(code=code)


def test_code_is_parsed_and_never_run(tmp_path):
    target = tmp_path / "ran"
    assert check(code=f"open({str(target)!r}, 'w').write('x')") == ""
    assert not target.exists()


@pytest.mark.parametrize(
    "package", ["numpy", "pillow==10.1.0", "uvicorn[standard]", "a.b-c_d>=1,", "zope.interface~=6.0"]
)
def test_packages_are_names(package):
    assert (check(install=[package]) == "") is not package.endswith(",")


@pytest.mark.parametrize(
    "package",
    [
        "--index-url=http://x",
        "-r x",
        "git+https://x/y",
        "./x",
        "/x",
        "a b",
        "x @ http://y",
        "",
        "https://x",
        "a;b",
        "a\n",
        "é",
    ],
)
def test_options_addresses_and_paths_are_no_packages(package):
    assert "is no package" in check(install=[package])


@pytest.mark.parametrize(
    ("grants", "words"),
    [
        ({"publish": ["#"]}, "granted to no spawned agent"),
        ({"subscribe": ["nodes/pi/spawn"]}, "granted to no spawned agent"),
        ({"publish": ["agents/x/commands"]}, "belongs to others"),
        ({"publish": ["a/#/b"]}, "no topic filter"),
        ({"http": ["http://example.org/"]}, "is no host"),
        ({"http": ["example.org:8080"]}, ""),
        ({"agents": ["monitor"]}, "No spawned agent may give tasks to monitor"),
        ({"agents": ["gateway"]}, "No spawned agent may give tasks to gateway"),
        ({"agents": ["a/b"]}, "no agent's name"),
        ({"agents": ["main"], "model": True}, ""),
        ({"subscribe": ["x"] * 51}, "too long"),
    ],
)
def test_grants_are_checked(grants, words):
    problem = check(grants=grants)
    assert (words in problem) if words else problem == ""


@pytest.mark.parametrize("name", ["main", "io-agent"])
def test_code_beside_its_host_gives_no_tasks_to_those_who_answer_people(name):
    assert f"with packages may not give tasks to {name}" in check(grants={"agents": [name]}, install=["numpy"])
    assert check(grants={"agents": [name]}) == ""


def test_a_specification_must_fit_into_a_message():
    assert "KB: shorten" in check(code="'" + "火" * (MOST_BYTES // 3) + "'")


# -- anything at all --------------------------------------------------------------------------------------------


def test_2000_specifications_each_get_one_clear_answer(fuzzed):
    source = random.Random(20_26)
    accepted, refused = 0, set()
    for _ in range(2_000):
        wish = fuzzed(source)
        try:
            spec = SpawnSpec.accept(wish)
        except ContractError as error:
            sentence = str(error)
            assert sentence.startswith("not a valid SpawnSpec: ")
        else:
            sentence = problem_of(spec, AROUND)
            if not sentence:
                accepted += 1
                assert spec.kind in ("dynamic", "llm")
                assert spec.kind == "llm" or ast.parse(spec.code)
                continue
        assert "\n" not in sentence
        assert len(sentence) < 700
        refused.add(sentence[:40])
    assert 100 < accepted < 1_900
    assert len(refused) > 30


def test_the_contract_itself_refuses_limits_that_are_too_large():
    with pytest.raises((ContractError, ValidationError), match="memory_mb"):
        SpawnSpec.accept({"name": "a", "limits": {"memory_mb": 10_000}})


def test_the_containers_of_the_services_are_no_place_for_agents():
    around = Surroundings(frozenset({"local"}), frozenset(), service_nodes=frozenset({"docker"}))
    problem = problem_of(SpawnSpec.accept({"name": "watcher", "code": CODE, "node": "docker"}), around)
    assert problem == "Node docker only shows the containers of the services and runs no agents: choose one of local"


AUTOMATION = {
    "type": "ha_actuator", "code": "", "mqtt_topics": ["custom/detections/door", "agents/+/detections"],
    "actions": [{"domain": "light", "service": "turn_on", "entity_id": "light.hall"}],
}  # fmt: skip


def test_a_configuration_for_devices_is_checked_and_completed():
    assert check(**AUTOMATION) == ""
    completed = specs.completed(SpawnSpec.accept({"name": "hall", **AUTOMATION}))
    assert completed.grants.subscribe == ("agents/+/detections",)
    assert completed.grants.agents == ("home-assistant-actuator", "home-assistant-agent")
    assert specs.asks_for_more(specs.canonical(completed, "local"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"actions": []}, "actions"),
        ({"mqtt_topics": []}, "mqtt_topics"),
        ({"mqtt_topics": ["agents/by-name/main/task"]}, "granted to no spawned agent"),
        ({"code": "def setup(agent): pass"}, "runs no code"),
        ({"actions": [{"domain": "light", "service": "toggle", "entity_id": "light.hall"}]}, "may end either way"),
        ({"conditions": [{"entity_id": "light.hall", "operator": "like", "value": 1}]}, "operator"),
        ({"cooldown_seconds": -1}, "cooldown_seconds"),
    ],
)
def test_a_configuration_that_cannot_run_is_refused_with_the_reason(change, said):
    assert said in check(**{**AUTOMATION, **change})
