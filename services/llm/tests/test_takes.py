from wactorz_llm.takes import NOTHING, Takes


def test_pictures_count_by_their_pixels_and_documents_by_their_pages():
    takes = Takes(pixels_of_token=100, picture_tokens=2_000, page_tokens=50)
    assert takes.tokens_of(100, 100, 0) == 400
    assert takes.tokens_of(9_000, 9_000, 0) == 2_000
    assert takes.tokens_of(0, 0, 7) == 350


def test_nothing_is_nothing():
    assert not NOTHING.pictures
    assert not NOTHING.documents
