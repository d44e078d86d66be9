import base64
import os

import pytest

from wactorz_common import signing
from wactorz_common.errors import ConfigError, Refused
from wactorz_common.signing import EXPIRES, KEY, NONCE, SIGNATURE, Signer, Verifier

NOW = 1_800_000_000.0
TOPIC, PAYLOAD = "nodes/local/spawn", b'{"name": "x", "code": "..."}'


@pytest.fixture
def signer():
    return Signer(os.urandom(32))


def test_a_signed_message_is_accepted_and_gives_its_nonce(signer):
    headers = signer.headers(TOPIC, PAYLOAD, NOW)
    signed = Verifier((signer.public_key,)).check(TOPIC, PAYLOAD, headers, NOW + 30)
    assert signed.nonce == headers[NONCE]
    assert signed.expires_at == NOW + 60


def test_two_messages_never_share_a_nonce(signer):
    assert signer.headers(TOPIC, PAYLOAD, NOW)[NONCE] != signer.headers(TOPIC, PAYLOAD, NOW)[NONCE]


@pytest.mark.parametrize(
    ("topic", "payload", "changed", "later", "reason"),
    [
        ("nodes/other/spawn", PAYLOAD, {}, 0, "signature is wrong"),
        (TOPIC, PAYLOAD + b" ", {}, 0, "signature is wrong"),
        (TOPIC, PAYLOAD, {NONCE: "0" * 32}, 0, "signature is wrong"),
        (TOPIC, PAYLOAD, {EXPIRES: "1900000000.000"}, 0, "signature is wrong"),
        (TOPIC, PAYLOAD, {SIGNATURE: "not base64!"}, 0, "signature is wrong"),
        (TOPIC, PAYLOAD, {SIGNATURE: None}, 0, "not signed"),
        (TOPIC, PAYLOAD, {KEY: "0" * 16}, 0, "not trusted"),
        (TOPIC, PAYLOAD, {}, 66, "expired"),
        (TOPIC, PAYLOAD, {}, -10, "longer than allowed"),
    ],
)
def test_everything_else_is_refused_with_its_reason(signer, topic, payload, changed, later, reason):
    headers = {**signer.headers(TOPIC, PAYLOAD, NOW), **changed}
    headers = {key: value for key, value in headers.items() if value is not None}
    with pytest.raises(Refused, match=reason):
        Verifier((signer.public_key,)).check(topic, payload, headers, NOW + later)


def test_of_several_trusted_keys_each_counts_until_it_is_taken_away(signer):
    newer = Signer(os.urandom(32))
    old, new = (one.headers(TOPIC, PAYLOAD, NOW) for one in (signer, newer))
    both, one = Verifier((signer.public_key, newer.public_key)), Verifier((newer.public_key,))
    assert both.check(TOPIC, PAYLOAD, old, NOW)
    assert both.check(TOPIC, PAYLOAD, new, NOW)
    assert one.check(TOPIC, PAYLOAD, new, NOW)
    with pytest.raises(Refused, match="not trusted"):
        one.check(TOPIC, PAYLOAD, old, NOW)
    with pytest.raises(Refused, match="signature is wrong"):
        both.check(TOPIC, PAYLOAD, {**old, KEY: newer.key_id}, NOW)


@pytest.mark.parametrize("expires", ["nan", "inf", "-inf", "soon", "", "1e400", "9" * 21])
def test_an_expiry_is_a_moment_even_when_a_trusted_key_signed_it(signer, expires):
    nonce = "0" * 32
    covered = signing._covered(TOPIC, PAYLOAD, nonce, expires, signer.key_id)
    signature = base64.b64encode(signer._key.sign(covered)).decode()
    headers = {SIGNATURE: signature, KEY: signer.key_id, NONCE: nonce, EXPIRES: expires}
    with pytest.raises(Refused):
        Verifier((signer.public_key,)).check(TOPIC, PAYLOAD, headers, NOW)


def test_each_flipped_bit_of_a_message_is_noticed(signer):
    headers = signer.headers(TOPIC, PAYLOAD, NOW)
    verifier = Verifier((signer.public_key,))
    for place in range(len(PAYLOAD)):
        altered = bytearray(PAYLOAD)
        altered[place] ^= 1
        with pytest.raises(Refused):
            verifier.check(TOPIC, bytes(altered), headers, NOW)


def test_a_key_is_made_once_and_kept_to_its_owner(tmp_path):
    path = tmp_path / "secrets" / "spawn-key"
    made = Signer.load(path)
    assert Signer.load(path).key_id == made.key_id
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_spoilt_key_is_told(tmp_path):
    (tmp_path / "key").write_text("nonsense")
    with pytest.raises(ConfigError, match="cannot be used"):
        Signer.load(tmp_path / "key")
