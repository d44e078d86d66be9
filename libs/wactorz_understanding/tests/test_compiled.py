"""Every language compiles once, with all its sections."""

import pytest

from wactorz_understanding.colors import COLORS
from wactorz_understanding.compiled import compile_language
from wactorz_understanding.language import available, load_language


@pytest.mark.parametrize("code", available())
def test_every_template_is_compiled(code):
    compiled = compile_language(code)
    assert compile_language(code) is compiled
    sections = load_language(code).data["templates"]
    assert {name: len(found) for name, found in compiled.sections.items()} == {
        name: sum(len(sentences) for sentences in intents.values()) for name, intents in sections.items()
    }
    assert all(template.intent in sections[name] for name, found in compiled.sections.items() for template in found)


@pytest.mark.parametrize("code", available())
def test_every_language_knows_the_names_of_colors(code):
    values = compile_language(code).lists["color"]
    assert [value for _, value in values.at("light blue please", 0) if value == "lightblue"]
    assert [value for _, value in values.at("lightgrey", 0)] == ["lightgray"]


def test_colors_are_those_of_css():
    assert len(set(COLORS.values())) >= 138
    assert COLORS["dark slate grey"] == "darkslategray"
    assert all(" " not in name for name in COLORS.values())
