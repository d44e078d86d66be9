"""Commands in chat that only admins may give."""

import pytest
from starlette.exceptions import HTTPException

from wactorz_gateway.accounts.wording import check_words, least_role


@pytest.mark.parametrize(
    "text",
    ["/delete tide", " /DELETE tide", "@main /delete tide", "@main @planner  /remove tide", "/agents stop tide", "/start tide",
     "/stop tide", "/capabilities delete tide", "/nodes remove pi", "/migrate tide pi", "/deploy pi", "/webhook discord https://x",
     "/webhooks remove x", "/cost limit 5", "/delete() tide", "/restart tide"],
)  # fmt: skip
def test_these_run_the_system(text):
    assert least_role(text) == "admin"
    check_words(text, "admin")
    check_words(text, "owner")
    with pytest.raises(HTTPException) as refused:
        check_words(text, "user")
    assert refused.value.status_code == 403


@pytest.mark.parametrize(
    "text",
    ["", "hello", "/stop", "/stop all", "/stop everything", "/agents", "/agents light", "/nodes", "/cost", "/cost today",
     "/webhook", "delete the light rule", "/rules delete 3", "say /delete tide", "/approve ab12 1234", "/unknown", "@main hello"],
)  # fmt: skip
def test_these_are_for_everybody_who_talks(text):
    assert least_role(text) == "user"
    check_words(text, "user")
