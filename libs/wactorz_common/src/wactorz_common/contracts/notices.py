"""Notices to people, and the places they go to: Discord, Slack, Telegram and others."""

from typing import Literal

from pydantic import Field

from wactorz_common.contracts._channel import Channel, Nothing, Operation, Payload


class SealedSecret(Payload):
    """A secret that only the vault can read; texts hold its reference in its place."""

    reference: str = Field(
        pattern=r"^secret:[a-z0-9-]{1,60}$",
        examples=["secret:discord-1"],
        description="What stands in the text instead",
    )
    kind: str = Field(description="discord, slack, telegram, webhook, token or password")
    sealed: str = Field(max_length=8_000, description="Encrypted for the vault's key, base64", repr=False)
    key_id: str = Field(description="Key that it was encrypted for")


class VaultKey(Payload):
    """The public key of the vault."""

    key_id: str = Field(description="Short name of the key")
    public_key: str = Field(description="X25519, 32 bytes in base64")


class Notice(Payload):
    """Something a person is to be told."""

    text: str = Field(min_length=1, max_length=4_000, description="What is said")
    title: str = Field(default="", max_length=200, description="Heading, where the service has one")
    target: str = Field(
        default="",
        max_length=64,
        description="Name of a place, a service such as discord, or page; empty: the usual one",
    )
    key: str = Field(
        default="",
        max_length=200,
        description="Notices with the same key are about the same thing: they are held back "
        "during the cool-down, and edit the one before where the service can",
    )
    severity: Literal["info", "warning", "critical"] = Field(
        default="info", description="critical is told in quiet hours too"
    )
    cooldown_seconds: float = Field(default=0.0, ge=0, le=604_800, description="Quiet time per key")
    quiet_hours: str = Field(
        default="", pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
        examples=["22:00-06:00"],
        description="HH:MM-HH:MM in the house's time: told when they end, as one message",
    )  # fmt: skip
    edit: bool = Field(default=False, description="Change the message with this key that was sent before, if one was")
    rule_id: str = Field(default="", description="Rule behind it")
    person: str = Field(default="", max_length=100, description="Whom it is for; empty: everybody")


class NoticeResult(Payload):
    """What became of a notice."""

    status: Literal["sent", "edited", "held", "suppressed", "failed"] = Field(
        description="held: told after the quiet hours; suppressed: within the cool-down"
    )
    text: str = Field(description="The same in words")
    target: str = Field(default="", description="Where it went")


class NoticeEvent(Payload):
    """Evidence of a notice, for feeds; the text is shortened and holds no secret."""

    status: str = Field(description="As of NoticeResult")
    target: str = Field(description="Where it went")
    text: str = Field(max_length=200, description="Its beginning")
    rule_id: str = Field(default="", description="Rule behind it")
    timestamp: float = Field(description="Epoch seconds")


class SetTarget(Payload):
    """Store a place that notices can go to; another one of that name is replaced."""

    name: str = Field(default="", max_length=64, description="Its name; empty: the name of the service")
    service: str = Field(default="", max_length=40, description="discord, slack, telegram, webhook, ...; empty: by URL")
    secret: SealedSecret = Field(description="The URL")


class Target(Payload):
    """A place that notices can go to; never with its secret."""

    name: str = Field(description="Its name")
    service: str = Field(description="discord, slack, telegram, webhook, ...")
    hint: str = Field(default="", description="Enough of the URL to tell two apart: host, and the last characters")
    usual: bool = Field(default=False, description="Notices without a target go there")
    stored_at: float = Field(default=0.0, description="Epoch seconds")
    problem: str = Field(default="", description="Why the last notice did not arrive there")


class TargetList(Payload):
    """All places."""

    targets: tuple[Target, ...] = Field(description="The usual one first")


class TargetName(Payload):
    """Names a place."""

    name: str = Field(min_length=1, max_length=64, description="Its name")


class StoreSecret(Payload):
    """Keep a secret under its reference."""

    secret: SealedSecret = Field(description="What to keep")
    note: str = Field(default="", max_length=200, description="What it is for, in words without the secret")


class SecretEntry(Payload):
    """A secret that is kept, without the secret."""

    reference: str = Field(description="What stands for it")
    kind: str = Field(description="discord, slack, telegram, webhook, token or password")
    note: str = Field(default="", description="What it is for")
    stored_at: float = Field(description="Epoch seconds")


class SecretList(Payload):
    """All secrets, without the secrets."""

    secrets: tuple[SecretEntry, ...] = Field(description="Oldest first")


class SecretRef(Payload):
    """Names a secret."""

    reference: str = Field(description="secret:...")


VAULT_KEY = Channel("VAULT_KEY", "system/vault_key", VaultKey, 1, "Public key of the vault", retain=True)
NOTICES = Channel("NOTICES", "agents/{agent_id}/notices", NoticeEvent, 1, "Every notice to people")

CHANNELS = (VAULT_KEY, NOTICES)

NOTIFY = Operation("notify", "notifier", Notice, NoticeResult, "Tell people something, once", durable=True, timeout=300)
SET_TARGET = Operation("set_target", "notifier", SetTarget, Target, "Store a place for notices", durable=True)
LIST_TARGETS = Operation("list_targets", "notifier", Nothing, TargetList, "Places for notices", timeout=10)
REMOVE_TARGET = Operation("remove_target", "notifier", TargetName, TargetList, "Forget a place", durable=True)
STORE_SECRET = Operation("store_secret", "notifier", StoreSecret, SecretEntry, "Keep a secret", durable=True)
LIST_SECRETS = Operation("list_secrets", "notifier", Nothing, SecretList, "Secrets, without the secrets", timeout=10)
FORGET_SECRET = Operation("forget_secret", "notifier", SecretRef, SecretList, "Forget a secret", durable=True)

OPERATIONS = (NOTIFY, SET_TARGET, LIST_TARGETS, REMOVE_TARGET, STORE_SECRET, LIST_SECRETS, FORGET_SECRET)
