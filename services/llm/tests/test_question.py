import base64

from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_llm.question import Question, file_tokens, files_of

from .file_doubles import ask, file, pdf, png

PHOTO = file(png())


def question(request, *files, tokens=0):
    values = {name: getattr(request, name) for name in Completion.model_fields}
    return Question(**values, shown={one.attachment.id: one for one in files}, file_tokens=tokens)


def test_a_file_as_text_for_a_provider():
    assert base64.b64decode(PHOTO.base64) == png()
    assert PHOTO.data_url == f"data:image/png;base64,{PHOTO.base64}"
    assert not PHOTO.is_document
    assert file(pdf(), "a.pdf", "application/pdf").is_document


def test_files_go_with_the_message_that_names_them_if_they_are_shown():
    plain = ask(PHOTO.attachment)
    assert files_of(plain, plain.messages[0]) == []
    assert file_tokens(plain) == 0
    shown = question(plain, PHOTO, tokens=7)
    assert files_of(shown, shown.messages[0]) == [PHOTO]
    assert files_of(shown, ModelMessage(role="assistant", attachments=(PHOTO.attachment,))) == []
    assert file_tokens(shown) == 7


def test_bytes_of_files_are_in_no_text_and_no_dump():
    shown = question(ask(PHOTO.attachment), PHOTO, tokens=7)
    assert "shown" not in shown.model_dump()
    assert PHOTO.base64.encode() not in shown.encode()
    assert repr(png()[:8])[2:-1] not in repr(shown) + repr(PHOTO)
    assert "data=" not in repr(PHOTO)
