"""Who is given which variable."""

import pytest

from wactorz_edge.environment import BASE, own_patterns, select, shared

GIVEN = {
    "PATH": "/bin",
    "LC_TIME": "C",
    "WACTORZ_LOG_LEVEL": "DEBUG",
    "WACTORZ_MAIN_LANGUAGE": "en",
    "WACTORZ_MQTT_URL": "mqtt://u:secret@h",
    "WACTORZ_API_TOKEN": "secret",
    "WACTORZ_WEBHOOK_SECRET": "secret",
    "WACTORZ_PIN": "secret",
    "WACTORZ_STATE_DIR": "/s",
    "WACTORZ_NODE_DOCKER_URL": "http://docker-create:2375",
    "WACTORZ_NODE_WARM_SLOTS": "2",
    "WACTORZ_ISOLATION": "shared",
    "WACTORZ_ALLOW_PROCESS_AGENTS": "1",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "SSH_AUTH_SOCK": "/tmp/agent",
}


def test_the_base_holds_nothing_personal():
    assert select(GIVEN, BASE) == {"PATH": "/bin", "LC_TIME": "C"}


def test_plain_settings_are_shared_and_secrets_and_owned_ones_are_not():
    assert shared(GIVEN, own_patterns("main")) == {"WACTORZ_LOG_LEVEL": "DEBUG"}
    assert shared(GIVEN, ()) == {"WACTORZ_LOG_LEVEL": "DEBUG", "WACTORZ_MAIN_LANGUAGE": "en"}


@pytest.mark.parametrize(
    ("name", "pattern"), [("main", "WACTORZ_MAIN_*"), ("home-assistant-agent", "WACTORZ_HOME_ASSISTANT_AGENT_*")]
)
def test_a_service_owns_the_variables_that_bear_its_name(name, pattern):
    assert own_patterns(name) == (pattern,)


@pytest.mark.parametrize(
    ("name", "is_given"),
    [
        ("WACTORZ_NODE", True), ("WACTORZ_RESTART_LIMIT", True), ("WACTORZ_SUPERVISION_GROUPS", True),
        ("WACTORZ_NODE_GUEST_MEMORY_MB", False), ("WACTORZ_NODE_TRUSTED_KEYS_FILE", False),
        ("WACTORZ_NODE_SECRET_FILE", False), ("WACTORZ_ISOLATION", False), ("WACTORZ_ALLOW_PROCESS_AGENTS", False),
    ],
)  # fmt: skip
def test_what_only_the_runner_needs_is_given_to_no_service(name, is_given):
    assert (name in shared({name: "x"}, ())) is is_given
