"""PINs are kept and proven so that they cannot be read."""

import re

from wactorz_common import pins

SALT = pins.new_salt("task-1")


def test_a_proof_fits_only_its_pin_and_its_purpose():
    kept = pins.seal("2468", SALT)
    proof = pins.prove("2468", pins.salt_of(kept), "ab12")
    assert pins.fits(proof, kept, "ab12")
    assert not pins.fits(proof, kept, "cd34")
    assert not pins.fits(pins.prove("2469", SALT, "ab12"), kept, "ab12")
    assert not pins.fits(pins.prove("2468", pins.new_salt("task-2"), "ab12"), kept, "ab12")
    assert not pins.fits("", kept, "ab12")


def test_what_is_kept_is_no_proof_and_shows_no_pin():
    kept = pins.seal("2468", SALT)
    assert not pins.fits(kept.rsplit("$", 1)[1], kept, "ab12")
    assert "2468" not in kept.replace(SALT, "")[:20]


def test_each_task_has_a_salt_of_its_own_and_the_same_one_again():
    assert pins.new_salt("task-1") == SALT
    assert pins.seal("2468", pins.new_salt("task-2")) != pins.seal("2468", SALT)


def test_shapes_are_as_the_contract_says():
    kept = pins.seal("2468", SALT)
    assert re.match(pins.SEALED, kept)
    assert re.match(pins.SALT, pins.salt_of(kept))
    assert re.match(pins.PROOF, pins.prove("2468", SALT, "ab12"))


def test_another_scheme_fits_nothing():
    assert not pins.fits(pins.prove("2468", SALT, "x"), f"plain${SALT}$2468", "x")
