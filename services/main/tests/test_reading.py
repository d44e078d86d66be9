from wactorz_common.contracts.home import ServiceCall
from wactorz_main.reading import read_sentence
from wactorz_understanding.context import Context, Mention, Understanding
from wactorz_understanding.meaning import Calls, NotUnderstood, UnknownName

CALLS = Calls(calls=(ServiceCall(domain="light", service="turn_on", entity_id=("light.k",)),), summary="s")
LAST = Mention(text="t", kind="calls", entity_ids=("light.k",))


class FakeReader:
    """Reads each text in the languages that it is told."""

    def __init__(self, **meanings):
        self.meanings, self.asked = meanings, []

    async def understand(self, text, context):
        self.asked.append(context)
        code = context.language or "en"
        after = context.model_copy(update={"language": code, "last": LAST})
        return Understanding(meaning=self.meanings.get(code, NotUnderstood()), language=code, context=after)


async def read(reader, context=None, fixed=""):
    return await read_sentence(reader, "x", context or {}, fixed=fixed, known=("en", "de"), lifetime=60)


async def test_a_sentence_that_is_read_is_read_once_and_sets_the_language():
    reader = FakeReader(en=CALLS)
    found = await read(reader)
    assert (found.meaning, found.language, len(reader.asked)) == (CALLS, "en", 1)
    assert found.context["language"] == "en"
    assert found.context["last"]["entity_ids"] == ["light.k"]
    assert reader.asked[0].lifetime_seconds == 60


async def test_another_language_is_tried_when_the_usual_one_does_not_read_it():
    reader = FakeReader(de=CALLS)
    found = await read(reader)
    assert (found.meaning, found.language, found.context["language"]) == (CALLS, "de", "de")
    again = await read(FakeReader(de=CALLS), found.context)
    assert again.language == "de"


async def test_what_another_language_reads_as_a_name_only_is_none():
    unknown = UnknownName(text="dim it to 30 %", name="dim it to")
    found = await read(FakeReader(de=unknown))
    assert (found.meaning, found.language) == (NotUnderstood(), "en")
    assert found.context.get("language", "") == "", "what was not read tells no language"


async def test_a_language_that_was_set_is_the_only_one():
    reader = FakeReader(en=CALLS)
    found = await read(reader, fixed="de")
    assert (found.meaning.kind, found.language, len(reader.asked)) == ("not_understood", "de", 1)
    assert reader.asked[0].fixed, "or else the sentence itself would change it"


async def test_a_language_that_is_only_tried_is_not_set():
    reader = FakeReader(de=CALLS)
    found = await read(reader)
    assert [context.fixed for context in reader.asked] == [False, True]
    assert found.context["fixed"] is False


async def test_a_context_of_another_version_is_forgotten():
    reader = FakeReader(en=CALLS)
    await read(reader, {"last": "nonsense"})
    assert reader.asked[0] == Context(lifetime_seconds=60)
