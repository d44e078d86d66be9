import pytest

from wactorz_sandbox.limits import Limits
from wactorz_sandbox.policy import Policy, filter_error, topic_error


@pytest.mark.parametrize("topic", ["", "a/+", "a/#", "a\0b", "x" * 65_536, "\ud800"])
def test_invalid_topics_are_refused(topic, ports):
    assert topic_error(topic)
    assert Policy(ports, Limits()).publish(topic, "1", False)
    assert not ports.published


@pytest.mark.parametrize("topic_filter", ["", "a/#/b", "a#", "a+/b", "\0"])
def test_invalid_filters_are_refused(topic_filter):
    assert filter_error(topic_filter)


@pytest.mark.parametrize("topic_filter", ["a", "#", "+", "a/+/b", "a/#", "+/#"])
def test_valid_filters_pass(topic_filter):
    assert filter_error(topic_filter) == ""


@pytest.mark.parametrize("payload", ["", "NaN", "{", "nothing", "[" * 100_000])
def test_what_is_no_json_is_not_published(payload, ports):
    assert "not JSON" in Policy(ports, Limits()).publish("a", payload, False)


def test_sizes(ports):
    policy = Policy(ports, Limits(message_bytes=100, value_bytes=50, state_bytes=120))
    assert "100 are allowed" in policy.publish("a", '"' + "x" * 100 + '"', False)
    assert "100 are allowed" in policy.tell("alert", '"' + "x" * 100 + '"')
    assert "1 to 200 bytes" in policy.persist("ä" * 101, "1")
    assert "1 to 200 bytes" in policy.persist("", "1")
    assert "50 are allowed" in policy.persist("k", '"' + "x" * 50 + '"')
    assert policy.persist("k", '"' + "x" * 40 + '"') == ""
    assert policy.persist("k", '"' + "y" * 40 + '"') == ""  # takes the place of the first
    assert policy.persist("l", '"' + "x" * 40 + '"') == ""
    assert "may keep 120 bytes" in policy.persist("m", '"' + "x" * 40 + '"')
    assert sorted(ports.kept) == ["k", "l"]


def test_what_was_kept_before_counts(ports):
    assert "may keep 100 bytes" in Policy(ports, Limits(state_bytes=100), {"old": 95}).persist("new", "12345")


def test_a_refusal_of_the_port_reaches_the_guest_and_is_not_remembered_as_done(ports):
    policy = Policy(ports, Limits())
    assert "grants.subscribe" in policy.subscribe("secret/#")
    assert "grants.subscribe" in policy.subscribe("secret/#")
    assert policy.subscribe("open/#") == policy.subscribe("open/#") == ""
    assert ports.filters == ["open/#"]


def test_the_number_of_filters_is_bounded(ports):
    policy = Policy(ports, Limits(subscriptions=3))
    assert [bool(policy.subscribe(f"t/{i}")) for i in range(5)] == [False, False, False, True, True]


def test_publishes_beyond_the_rate_are_refused_and_then_end_the_guest(ports):
    policy = Policy(ports, Limits(publishes_per_second=10, refusals=50))
    said = [policy.publish("a", "1", False) for _ in range(70)]
    assert len(ports.published) in (10, 11)
    assert "10 a second are allowed" in said[-1]
    assert policy.ended.reason == "flood"
    assert "publishes" in str(policy.ended)


def test_log_lines_are_cut_and_counted(ports):
    policy = Policy(ports, Limits(logs_per_second=1, log_chars=10, refusals=20))
    policy.log("bogus", "x" * 1000)
    policy.log("warn", "short")
    for _ in range(21):
        policy.log("info", "more")
    assert ports.lines == [("info", "x" * 10 + " …"), ("warning", "short")]
    assert policy.ended.reason == "flood"


def test_reports_have_known_kinds(ports):
    assert "no kind of report" in Policy(ports, Limits()).tell("spawn", "{}")
    assert Policy(ports, Limits()).tell("alert", "{}") == ""


def test_sizes_are_counted_as_they_travel(ports):
    policy = Policy(ports, Limits(message_bytes=100))
    assert "100 are allowed" in policy.publish("a", '"' + "🙂" * 30 + '"', False)
    assert policy.publish("a", '"' + "x" * 90 + '"', False) == ""


def test_bytes_beyond_the_rate_are_refused(ports):
    policy = Policy(ports, Limits(bytes_per_second=1_000))
    said = [policy.publish("a", '"' + "x" * 998 + '"', False) for _ in range(8)]
    assert [bool(text) for text in said] == [False] * 4 + [True] * 4
    assert "1000 bytes a second are allowed" in said[-1]
    assert "bytes a second" in policy.persist("k", '"' + "x" * 998 + '"')


def test_people_are_not_flooded(ports):
    policy = Policy(ports, Limits())
    said = [policy.tell("notify", '{"message": "!"}') for _ in range(40)]
    assert 20 <= len(ports.told) <= 21
    assert "people" in said[-1]
    assert policy.tell("status", "{}") == ""


def test_a_line_of_the_log_is_one_line_without_orders_for_a_terminal(ports):
    Policy(ports, Limits()).log("info", "a\x1b[2J\r\x9b31mb\x07\u202ec\td\ne")
    assert ports.lines == [("info", "a\ufffd[2J\ufffd\ufffd31mb\ufffd\ufffdc\td\ne")]


@pytest.mark.parametrize("value", ["1e999", '{"a": [-1e400]}'])
def test_numbers_that_json_lacks_are_not_kept(value, ports):
    assert "not JSON" in Policy(ports, Limits()).persist("k", value)


@pytest.mark.parametrize("text", ['"\\ud800"', '{"\\uDFFF": 1}', '["a\\udc00b"]'])
def test_halves_of_characters_leave_in_no_way(text, ports):
    policy = Policy(ports, Limits())
    for said in (policy.publish("a", text, False), policy.persist("k", text), policy.tell("status", text)):
        assert "not JSON" in said
    assert policy.publish("a", '"\\ud83d\\ude00 \\u00e9"', False) == ""


def test_keys_that_cannot_be_written_are_refused(ports):
    assert Policy(ports, Limits()).persist("\ud800", "1")
    assert not ports.kept
