"""One loaded understander for all tests, and the corpus notation."""

import importlib.util
import sys
from pathlib import Path

import pytest

from wactorz_common.contracts.home import Entity
from wactorz_understanding.context import Context
from wactorz_understanding.grammar import Grammar
from wactorz_understanding.language import load_language
from wactorz_understanding.naming import collect_names
from wactorz_understanding.targets import Place
from wactorz_understanding.understander import Understander


def load_script(name, script):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / "corpus" / script)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def corpus():
    return load_script("understanding_corpus", "rate.py")


@pytest.fixture(scope="session")
def rule_corpus():
    return load_script("understanding_rule_corpus", "rate_rules.py")


@pytest.fixture(scope="session")
def rule_houses(rule_corpus):
    """The houses of the corpus of rules, by name."""
    return {name: rule_corpus.load_house(described) for name, described in rule_corpus.load_rules()["houses"].items()}


@pytest.fixture(scope="session")
def make(rule_houses):
    """The meaning of a sentence in the English or the German house of the corpus of rules."""
    understanders = {}
    for name in ("en", "de"):
        understanders[name] = Understander(name)
        understanders[name].load(rule_houses[name])
    return lambda text, language="en": understanders[language].understand(text)


@pytest.fixture(scope="session")
def rule(make, corpus):
    """The same in the notation of the corpus."""
    return lambda text, language="en": corpus.spell(make(text, language))


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


MORE = (
    {"entity_id": "select.wash", "name": "Washing program", "attributes": {"options": ["Cotton 60", "Quick wash"]}},
    {"entity_id": "input_number.goal", "name": "Target price", "attributes": {"min": 0, "max": 50}},
    {"entity_id": "input_datetime.wake", "name": "Wake up time", "attributes": {"has_time": True, "has_date": False}},
    {"entity_id": "timer.pizza", "name": "Pizza timer", "area_id": "kitchen"},
    {"entity_id": "lawn_mower.mower", "name": "Mower", "area_id": "garden"},
    {"entity_id": "water_heater.boiler", "name": "Boiler", "attributes": {"operation_list": ["eco", "electric"]}},
    {"entity_id": "button.chime", "name": "Doorbell chime", "area_id": "hallway"},
    {"entity_id": "person.anna", "name": "Anna"},
    {"entity_id": "person.tom", "name": "Tom"},
    {"entity_id": "weather.home", "name": "Forecast", "attributes": {"temperature": 12}},
    {"entity_id": "switch.led", "name": "Status LED", "area_id": "office", "category": "config"},
    {"entity_id": "light.secret", "name": "Secret light", "area_id": "office", "hidden": True},
    {"entity_id": "valve.water", "name": "Main valve", "area_id": "utility_room"},
    {"entity_id": "media_player.den", "name": "Den radio", "attributes": {"source_list": ["HDMI 1", "Netflix"]}},
    {"entity_id": "fan.den", "name": "Den fan", "attributes": {"preset_modes": ["auto", "sleep"]}},
)


@pytest.fixture(scope="session")
def large_house(corpus):
    """The house of the English corpus, with a device of every further kind."""
    house = corpus.load_house("house_2")
    return house.model_copy(update={"entities": (*house.entities, *(Entity.model_validate(row) for row in MORE))})


@pytest.fixture(scope="session")
def clock():
    return Clock()


@pytest.fixture(scope="session")
def converse(large_house, clock):
    """Sentences of one conversation, each with its meaning; the context travels as JSON."""
    understander = Understander(clock=clock)
    understander.load(large_house)

    def converse(*texts, area_id=None):
        context, meanings = Context(area_id=area_id), []
        for text in texts:
            found = understander.understand(text, context) if isinstance(text, str) else clock.pass_by(text)
            if found is not None:
                context = Context.decode(found.context.encode())
                meanings.append(found.meaning)
        return meanings

    return converse


@pytest.fixture(scope="session")
def say(converse, corpus):
    """The meaning of the last sentence of a conversation, in the notation of the corpus."""
    return lambda *texts, area_id=None: corpus.spell(converse(*texts, area_id=area_id)[-1])


class Clock:
    """Time that passes when a test says so."""

    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now

    def pass_by(self, seconds):
        self.now += seconds
