"""The frozen corpus of rules is what it claims to be."""

import hashlib
from itertools import groupby
from pathlib import Path

import pytest
import yaml

CORPUS = Path(__file__).parent / "corpus" / "rules.yaml"
DIGEST = "a1bc85da791901eb585e176bfb74273a4ad2c474ad8bc9101a7a85d4a54b9b9c"
PARTS = ("tuned", "held_out")


@pytest.fixture(scope="module")
def rules():
    return yaml.safe_load(CORPUS.read_text())


def key(row):
    return row["lang"], row["pattern"], row.get("kind", "rule")


def test_it_is_frozen():
    found = hashlib.sha256(CORPUS.read_bytes()).hexdigest()
    assert found == DIGEST, "a row is changed only when it is proven wrong, with a line under `corrections`"


def test_it_is_large_in_two_languages_and_of_all_patterns(rules):
    rows = [row for part in PARTS for row in rules[part]]
    assert len(rows) >= 160
    assert len({row["say"] for row in rows}) == len(rows)
    assert abs(sum(row["lang"] == "en" for row in rows) / len(rows) - 0.5) < 0.05
    assert sum("kind" in row for row in rows) >= len(rows) / 4
    for part in PARTS:
        assert {(row["lang"], row["pattern"]) for row in rules[part]} == {
            (x, p) for x in ("en", "de") for p in range(1, 7)
        }


def test_the_halves_are_as_large_as_each_other_in_every_kind(rules):
    tuned, held_out = (sorted(rules[part], key=key) for part in PARTS)
    counts = [{k: len(list(rows)) for k, rows in groupby(half, key=key)} for half in (tuned, held_out)]
    assert len(tuned) == len(held_out)
    assert all(abs(counts[0].get(k, 0) - counts[1].get(k, 0)) <= 1 for k in {*counts[0], *counts[1]})


@pytest.fixture(scope="module")
def verdicts(rule_corpus, rules):
    read = rule_corpus.readers(rules)
    return {
        part: [(row, rule_corpus.judge(row, read[row.get("house", row["lang"])](row["say"]))) for row in rules[part]]
        for part in PARTS
    }


@pytest.mark.parametrize("part", PARTS)
def test_no_rule_is_made_that_was_not_asked_for(verdicts, part):
    assert [row["say"] for row, verdict in verdicts[part] if verdict == "wrong"] == []


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_eighty_of_a_hundred_sentences_are_read_right(verdicts, part, language):
    said = [verdict for row, verdict in verdicts[part] if row["lang"] == language]
    assert said.count("right") >= 0.8 * len(said)
