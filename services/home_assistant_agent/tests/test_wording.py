"""What a person is told about automations."""

from wactorz_common.contracts.automations import Automation, AutomationResult
from wactorz_common.contracts.home import House
from wactorz_home_assistant_agent import wording

BERLIN = House(version=1, time_zone="Europe/Berlin")
NOON = 1_800_014_400.0  # 2027-01-15 12:00 UTC, 13:00 in Berlin


def automation(**fields: object) -> Automation:
    return Automation.accept(
        {"automation_id": "a1", "entity_id": "automation.a", "name": "Blinds", "enabled": True, **fields}
    )


def test_times_are_told_as_people_say_them_in_the_time_of_the_house() -> None:
    now = NOON + 3600
    assert wording.moment(NOON, BERLIN, now) == "at 13:00"
    assert wording.moment(NOON - 86_400, BERLIN, now) == "yesterday at 13:00"
    assert wording.moment(NOON - 10 * 86_400, BERLIN, now) == "on 5 January at 13:00"
    assert wording.moment(NOON, House(version=1, time_zone="Nowhere/Land"), now) == "at 12:00"


def test_a_row_says_state_and_last_run_and_repeats_no_name() -> None:
    assert wording.row(automation(summary="Close the blinds."), BERLIN) == (
        "Blinds (enabled, has never run): Close the blinds."
    )
    assert wording.row(automation(summary="blinds."), BERLIN) == "Blinds (enabled, has never run)"
    ran = wording.row(automation(enabled=False, last_triggered=NOON), BERLIN, NOON)
    assert ran.startswith("Blinds (disabled, last ran at 13:00): Home Assistant does not show")


def test_a_long_list_is_cut_and_an_empty_one_says_so() -> None:
    lines = wording.listing([automation(name=f"A{n}") for n in range(60)], "", BERLIN).splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("Automations (60):", "- ... and 10 more", 52)
    assert wording.listing([], "", BERLIN) == "There are no automations in Home Assistant."
    assert wording.listing([], "fan", BERLIN) == "No automation fits 'fan'."


def test_what_a_model_wrote_and_opens_names_a_sentence_to_say() -> None:
    said = wording.model_may_not_open("the front door would be unlocked")
    assert "the front door would be unlocked" in said
    assert "every day at 7 unlock the front door" in said


def test_a_diff_is_fenced_below_the_words() -> None:
    shown = AutomationResult(status="needs_confirmation", text="", diff="+a", explanation="It adds a.")
    assert wording._parts("Head.", shown) == "Head.\nIt adds a.\n```diff\n+a\n```"
