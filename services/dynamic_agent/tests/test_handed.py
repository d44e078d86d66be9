"""Only files of the very request that is being answered are shown to the model."""

import pytest

from wactorz_common.contracts.blobs import Attachment
from wactorz_common.contracts.chat import ChatRequest
from wactorz_common.contracts.llm import ModelMessage
from wactorz_dynamic_agent.handed import HandedFiles, told_of


def photo(number: int) -> Attachment:
    return Attachment(id=f"{number:032x}", name=f"{number}.png", media_type="image/png", size=5)


def request(*files: Attachment, person: str = "ann") -> ChatRequest:
    return ChatRequest(text="look", person=person, attachments=files)


def asking(*files: Attachment) -> list[ModelMessage]:
    return [ModelMessage(role="user", content="what is it?", attachments=files)]


def shown(handed: HandedFiles, *files: Attachment) -> tuple[list[str], str]:
    messages, person = handed.checked(asking(*files))
    return [one.name for message in messages for one in message.attachments], person


def test_files_are_open_while_their_request_is_answered() -> None:
    handed = HandedFiles()
    assert shown(handed, photo(1)) == ([], "")
    with handed.during(request(photo(1), photo(2)), "io-agent") as files:
        assert [one.name for one in files] == ["1.png", "2.png"]
        assert shown(handed, photo(2), photo(3)) == (["2.png"], "ann")
        assert handed.checked([ModelMessage(role="user", content="no file")])[1] == ""
    assert shown(handed, photo(1)) == ([], "")


def test_what_code_says_of_a_file_is_not_believed() -> None:
    handed = HandedFiles()
    with handed.during(request(photo(1)), "io-agent"):
        messages, _ = handed.checked(asking(photo(1).model_copy(update={"name": "x", "size": 0})))
    assert messages[0].attachments == (photo(1),)


def test_files_of_two_persons_are_never_in_one_question() -> None:
    handed = HandedFiles()
    with handed.during(request(photo(1)), "io-agent"), handed.during(request(photo(2), person="ben"), "io-agent"):
        assert shown(handed, photo(1), photo(2)) == (["1.png"], "ann")
        assert shown(handed, photo(2)) == (["2.png"], "ben")


@pytest.mark.parametrize("sender", ["", "cam", "main"])
def test_only_the_door_hands_on_files(sender: str) -> None:
    handed = HandedFiles()
    with handed.during(request(photo(1)), sender) as files:
        assert files == ()
        assert shown(handed, photo(1)) == ([], "")


def test_an_answer_that_fails_closes_its_files() -> None:
    handed = HandedFiles()
    with pytest.raises(ValueError, match="no"), handed.during(request(photo(1)), "io-agent"):
        raise ValueError("no")
    assert shown(handed, photo(1)) == ([], "")


def test_code_is_told_of_files_only_when_there_are_some() -> None:
    assert told_of(()) == {}
    assert told_of((photo(1),))["attachments"][0]["id"] == photo(1).id
