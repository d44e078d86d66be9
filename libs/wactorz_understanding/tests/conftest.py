"""One loaded understander for all tests, and the corpus notation."""

import importlib.util
import sys
from pathlib import Path

import pytest

from wactorz_understanding.grammar import Grammar
from wactorz_understanding.language import load_language
from wactorz_understanding.naming import collect_names
from wactorz_understanding.targets import Place
from wactorz_understanding.understander import Understander


@pytest.fixture(scope="session")
def corpus():
    spec = importlib.util.spec_from_file_location("understanding_corpus", Path(__file__).parent / "corpus" / "rate.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def house(corpus):
    return corpus.load_house()


@pytest.fixture(scope="session")
def understander(house):
    understander = Understander()
    understander.load(house)
    return understander


@pytest.fixture(scope="session")
def read(understander, corpus):
    return lambda text, area_id=None: corpus.spell(understander.understand(text, area_id))


@pytest.fixture(scope="session")
def place(house):
    language = load_language("en")
    return Place(collect_names(house, language), language)


@pytest.fixture(scope="session")
def grammar(place):
    return Grammar(place.language, place.names)
