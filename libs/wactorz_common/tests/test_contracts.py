import contextlib
import json
import re
import types
import typing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from wactorz_common.contracts import CHANNELS, OPERATIONS, OpenPayload, Payload
from wactorz_common.contracts._channel import MAX_TOPIC_BYTES
from wactorz_common.contracts.chat import ChatAnswer, ChatMessage
from wactorz_common.contracts.home import STATE_CHANGE, Entity
from wactorz_common.contracts.nodes import AgentNameRequest
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.contracts.tasks import TASK, TaskReply, TaskRequest
from wactorz_common.errors import ContractError

LEVEL = r"(?:[a-z0-9_-]+|\{[a-z_]+\})"


def inner(annotation):
    """The payload classes inside an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from inner(argument)


def all_payloads():
    found = [channel.payload for channel in CHANNELS]
    found += [model for operation in OPERATIONS for model in (operation.request, operation.result)]
    for model in found:
        for field in model.model_fields.values():
            found += [other for other in inner(field.annotation) if other not in found]
    return sorted(set(found), key=lambda model: model.__name__)


PAYLOADS = all_payloads()
channels = pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
operations = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.action)
payloads = pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload.__name__)
levels = st.text(
    st.characters(exclude_characters="+#/", exclude_categories=("Cc", "Cn", "Cs")), min_size=1, max_size=30
)


def sample(annotation):  # noqa: PLR0911  # one line for each kind
    """The smallest value in wire spelling that an annotation takes."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return sample(arguments[0])
    if origin is typing.Literal:
        return arguments[0]
    if origin in (typing.Union, types.UnionType):
        return sample(arguments[0])
    if origin is tuple:
        return [sample(arguments[0])]
    if origin is dict:
        return {}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return sample_of(annotation)
    if isinstance(annotation, type) and issubclass(annotation, str) and annotation is not str:
        return next(iter(annotation)).value
    return {str: "x", int: 1, float: 1.5, bool: True, typing.Any: "any"}[annotation]


def allowed(value, field):
    """The field's own example, or a number no smaller than the field takes."""
    if field.examples:
        return field.examples[0]
    least = next((limit.ge for limit in field.metadata if hasattr(limit, "ge")), None)
    return value if least is None or isinstance(value, tuple) else max(value, least)


def sample_of(payload, *, optional=False):
    return {
        field.alias or name: allowed(sample(field.annotation), field)
        for name, field in payload.model_fields.items()
        if optional or field.is_required() or typing.get_origin(field.annotation) is typing.Literal
    }


# Payloads


@payloads
def test_a_payload_is_described_frozen_and_of_our_own_base(payload):
    assert issubclass(payload, Payload)
    assert payload.__doc__
    assert payload.model_config["frozen"]
    for name, field in payload.model_fields.items():
        assert field.description, f"{payload.__name__}.{name} needs a description"
        assert not field.description.replace("...", "").endswith("."), f"{payload.__name__}.{name}: no final period"
    value = payload.accept(sample_of(payload))
    for name in payload.model_fields:
        with pytest.raises(ValueError, match="frozen"):
            setattr(value, name, None)


@payloads
@pytest.mark.parametrize("optional", [False, True])
def test_a_payload_survives_the_wire(payload, optional):
    value = payload.accept(sample_of(payload, optional=optional))
    assert payload.decode(value.encode()) == value
    assert payload.accept(value.to_wire()) == value
    assert json.loads(value.encode()) == value.to_wire()
    assert None not in value.to_wire().values()


@payloads
def test_a_field_nobody_knows_is_refused_here_and_endured_from_others(payload):
    known = sample_of(payload)
    received = payload.decode(json.dumps({**known, "from_the_future": [1]}).encode())
    accepted = payload.accept({**known, "from_the_future": [1]})
    assert received == accepted
    if issubclass(payload, OpenPayload):
        assert received.to_wire()["from_the_future"] == [1]
    else:
        assert "from_the_future" not in received.to_wire()
        with pytest.raises(ValueError, match="from_the_future"):
            payload(**known, from_the_future=[1])


@payloads
def test_a_missing_field_is_named(payload):
    known = sample_of(payload)
    required = {field.alias or name for name, field in payload.model_fields.items() if field.is_required()}
    for name in required:
        rest = {key: value for key, value in known.items() if key != name}
        with pytest.raises(ContractError, match=re.escape(name)):
            payload.decode(json.dumps(rest))


MALFORMED = {
    "empty": b"",
    "truncated": b'{"action": "x", "entity_id"',
    "array": b"[]",
    "text": b'"x"',
    "number": b"5",
    "null": b"null",
    "wrong utf-8": b'{"name": "\xff\xfe"}',
    "raw NUL": b'{"name": "\x00"}',
    "NULs": b"\x00" * 1000,
    "deep list": b'{"a": ' + b"[" * 50_000,
    "deep object": b'{"a":' * 50_000,
    "deep and closed": b'{"a": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "half a surrogate": b'{"name": "\\ud800"}',
    "huge number": b'{"timestamp": ' + b"9" * 20_000 + b"}",
    "900 kB": b"x" * 900_000,
    "two values": b"{} {}",
    "python": b"{'a': 1}",
    "comment": b"{} // no",
}


@payloads
@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_bytes_give_one_short_sentence(payload, data):
    if payload is AgentNameRequest and data == MALFORMED["text"]:
        assert payload.decode(data).name == "x"  # the wire contract's short form
        return
    with pytest.raises(ContractError) as caught:
        payload.decode(data)
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


@payloads
@settings(max_examples=20)
@given(data=st.binary(max_size=60))
def test_no_bytes_crash_the_decoder(payload, data):
    try:
        assert isinstance(payload.decode(data), payload)
    except ContractError:
        return


@payloads
@settings(max_examples=20)
@given(
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(st.text(), deeper, max_size=3),
        max_leaves=5,
    )
)
def test_no_value_crashes_the_reader(payload, data):
    known = sample_of(payload, optional=True)
    for content in (data, dict.fromkeys(known, data)):
        try:
            assert isinstance(payload.accept(content), payload)
        except ContractError:
            continue


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_refused_where_a_number_belongs(number):
    with pytest.raises(ContractError, match="_deadline_at: Input should be a finite number"):
        TaskRequest.decode(b'{"_deadline_at": %s}' % number.encode())


def test_what_is_sent_is_always_plain_json():
    entity = Entity(entity_id="a.b", name="x", attributes={"level": float("nan"), "list": [float("inf")]})
    assert json.loads(entity.encode())["attributes"] == {"level": None, "list": [None]}


@pytest.mark.parametrize("value", [object(), "\ud800"])
def test_what_cannot_be_sent_is_said(value):
    for write in (Payload.encode, Payload.to_wire):
        entity = Entity(entity_id="a.b", name="x", attributes={"a": value})
        if write is Payload.to_wire and isinstance(value, str):
            continue
        with pytest.raises(ContractError, match=r"an? Entity cannot be written as JSON"):
            write(entity)


def test_a_structure_without_end_is_said():
    deep = {}
    for _ in range(10_000):
        deep = {"a": deep}
    for write in (Payload.encode, Payload.to_wire):
        with pytest.raises(ContractError, match="cannot be written as JSON"):
            write(Entity(entity_id="a.b", name="x", attributes=deep))


@pytest.mark.parametrize("levels", [100, 180, 250, 300, 500, 1_000])
def test_very_deep_values_are_written_or_said(levels):
    deep = {}
    for _ in range(levels):
        deep = {"a": deep}
    for write in (Payload.encode, Payload.to_wire):
        for payload in (TaskReply.accept({"x": deep}), SpawnSpec.accept({"name": "x", "x": deep})):
            with contextlib.suppress(ContractError):
                assert write(payload)


def test_the_error_never_repeats_the_received_value():
    with pytest.raises(ContractError) as caught:
        TaskReply.decode(b'{"_state": "secret-token"}')
    assert "secret-token" not in str(caught.value)
    assert str(caught.value).startswith("not a valid TaskReply: _state")


def test_a_chat_message_may_carry_its_time_in_milliseconds():
    assert ChatMessage.decode(b'{"content": "hi", "timestampMs": 1500}').timestamp == 1.5
    assert ChatMessage.decode(b'{"content": "hi", "timestampMs": 1500, "timestamp": 9}').timestamp == 9
    assert ChatMessage.decode(b'{"content": "hi", "timestampMs": "soon"}').timestamp is None


def test_open_payloads_keep_what_belongs_to_the_sender_either_way():
    for request in (
        TaskRequest.decode(b'{"action":"a","text":"hi"}'),
        TaskRequest.accept({"action": "a", "text": "hi"}),
    ):
        assert request.model_extra == {"text": "hi"}


# Channels


@channels
def test_a_channel_is_well_formed(channel):
    assert re.fullmatch(rf"{LEVEL}(?:/{LEVEL})*", channel.address)
    assert re.fullmatch(r"[A-Z]+(?:_[A-Z]+)*", channel.name)
    assert channel.qos in (0, 1)
    assert channel.summary
    assert not channel.summary.endswith(".")
    assert not channel.address.startswith("{")
    assert len(set(channel.parameters)) == len(channel.parameters)


@channels
@settings(max_examples=20)
@given(data=st.data())
def test_topic_filter_and_match_agree(channel, data):
    values = {name: data.draw(levels) for name in channel.parameters}
    topic = channel.topic(**values)
    assert channel.match(topic) == values
    assert channel.filter(**values) == topic
    assert re.fullmatch(channel.filter().replace("+", "[^/]+"), topic, re.DOTALL)
    assert channel.filter().count("+") == len(channel.parameters)
    for other in (f"{topic}/more", f"more/{topic}", f"/{topic}", f"{topic}/", topic.rsplit("/", 1)[0]):
        assert channel.match(other) is None
    if not channel.address.endswith("}"):
        assert channel.match(f"{topic}\n") is None


@channels
@pytest.mark.parametrize("value", ["", "+", "#", "a/b", "a+", "a#", "/", "\x00", "a\x00b", "\ud800", "a\n", "\x85"])
def test_a_parameter_is_one_plain_level(channel, value):
    for name in channel.parameters:
        values = {**dict.fromkeys(channel.parameters, "x"), name: value}
        with pytest.raises(ContractError, match=f"cannot be the {name} of"):
            channel.topic(**values)
        if value != "+":
            with pytest.raises(ContractError, match=f"cannot be the {name} of"):
                channel.filter(**values)
        del values[name]
        with pytest.raises(ContractError, match=f"cannot be the {name} of"):
            channel.topic(**values)


def test_a_wildcard_topic_is_on_no_channel():
    assert TASK.match("agents/by-name/+/task") is None
    assert TASK.match("agents/by-name/#/task") is None


def test_a_filter_fixes_the_levels_it_is_given():
    assert STATE_CHANGE.filter(domain="light") == "homeassistant/state_changes/light/+"
    assert STATE_CHANGE.filter(domain="+") == "homeassistant/state_changes/+/+"


def test_a_topic_too_long_for_the_protocol_is_refused():
    with pytest.raises(ContractError, match="too long"):
        TASK.topic(agent_name="x" * MAX_TOPIC_BYTES)


@channels
def test_only_one_channel_answers_to_a_topic(channel):
    topic = channel.topic(**dict.fromkeys(channel.parameters, "x"))
    assert [other.name for other in CHANNELS if other.match(topic) is not None] == [channel.name]


def test_names_and_addresses_are_unique():
    assert len({channel.name for channel in CHANNELS}) == len(CHANNELS)
    assert len({channel.address for channel in CHANNELS}) == len(CHANNELS)
    assert len({channel.filter() for channel in CHANNELS}) == len(CHANNELS)


# Operations


@operations
def test_an_operation_is_well_formed(operation):
    assert re.fullmatch(r"[a-z]+(?:_[a-z]+)*", operation.action)
    assert operation.agent is None or re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", operation.agent)
    assert operation.summary
    assert 0 < operation.timeout <= 300


def test_actions_are_unique():
    assert len({operation.action for operation in OPERATIONS}) == len(OPERATIONS)


@operations
def test_a_request_and_a_result_fit_beside_the_envelope(operation):
    envelope = {field.alias or name for name, field in TaskRequest.model_fields.items()}
    assert not envelope & {field.alias or name for name, field in operation.request.model_fields.items()}
    answer = {field.alias for field in TaskReply.model_fields.values() if field.alias}
    assert not answer & {field.alias or name for name, field in operation.result.model_fields.items()}


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ({"text": "hi", "result": "no"}, "hi"),
        ({"result": "21 degrees", "_task_id": "1"}, "21 degrees"),
        ({"reply": "", "message": "late"}, "late"),
        ({"count": 3, "agent": "tide"}, '{"count": 3}'),
        ({"result": ""}, "Done."),
    ],
)
def test_answers_of_agents_of_others_are_read_as_text(reply, text):
    assert ChatAnswer.accept(reply).text == text


def test_the_body_of_a_task_may_use_the_envelopes_names_without_the_underscore():
    task = TaskRequest.decode(b'{"action":"list_audit","trace_id":"wanted","_trace_id":"of this task","task_id":"x"}')
    assert task.trace_id == "of this task"
    assert task.model_extra == {"trace_id": "wanted", "task_id": "x"}
