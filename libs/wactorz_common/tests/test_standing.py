import pytest

from wactorz_common.standing import Right, known, suffices

ADMIN = Right("admin", "stop agents", "Agenten stoppen")
USER = Right("user", "make rules", "Regeln machen")


@pytest.mark.parametrize("least", ["talk", "user", "admin", "owner"])
def test_a_standing_is_enough_for_itself_and_what_is_below(least):
    order = ["talk", "user", "admin", "owner"]
    assert [suffices(one, least) for one in order] == [place >= order.index(least) for place in range(4)]
    assert suffices("", least), "who came in over the bus is held by the broker's rights"


def test_whom_the_door_has_named_without_a_standing_is_a_user():
    assert [known("ann", ""), known("", ""), known("ann", "owner"), known("", "talk")] == ["user", "", "owner", "talk"]


@pytest.mark.parametrize(
    ("right", "standing", "language", "words"),
    [
        (ADMIN, "user", "en", "only an admin may stop agents. Ask one"),
        (ADMIN, "user", "de-AT", "Agenten stoppen darf nur, wer Admin ist"),
        (ADMIN, "talk", "en", "this token may only talk, and to stop agents needs one with the scope admin"),
        (USER, "talk", "fr", "to make rules needs one with the scope control"),
        (USER, "talk", "de", "Regeln machen darf eines mit dem Recht control"),
    ],
)
def test_a_refusal_says_what_is_needed(right, standing, language, words):
    assert words in right.refusal(standing, language)


def test_who_may_is_not_refused():
    assert [ADMIN.refusal("admin"), ADMIN.refusal("owner", "de"), USER.refusal("user"), ADMIN.refusal("")] == [""] * 4
