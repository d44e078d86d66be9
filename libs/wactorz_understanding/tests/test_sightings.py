"""What cameras see: a camera that is named is one of the house, and one of several is asked for."""

import pytest

DONE = "do notice"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("when the webcam sees a bird, tell me", f"trigger detect bird camera.webcam {DONE}"),
        ("when a person is detected by any camera, tell me", f"trigger detect person any {DONE}"),
        ("when someone is seen in the garden, tell me", f"trigger detect person camera.driveway {DONE}"),
        ("when the webcam no longer sees a person, tell me", f"trigger detect gone person camera.webcam {DONE}"),
        ("when movement is detected in the hallway, tell me", f"trigger binary_sensor.hallway_motion=on {DONE}"),
        ("when the camera sees a person, tell me", "ambiguous camera.doorbell,camera.driveway,camera.webcam"),
        ("when the webcam sees a person or a dog, tell me", "nothing"),
        ("when the webcam does not see a person, tell me", "nothing"),
        ("when the webcam sees a person for 5 minutes, tell me", "nothing"),
    ],
)
def test_statement(said, expected, rule):
    assert rule(said) == expected


def test_a_webcam_that_no_house_has_may_be_any_where_there_are_no_cameras(house, understander):
    found = understander.understand("when a person is detected on my webcam, turn on the desk lamp")
    assert (found.draft.trigger.target, found.draft.trigger.camera) == ("person", "")
