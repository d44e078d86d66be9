"""Rules in words, in both languages."""

import pytest


@pytest.mark.parametrize(
    ("language", "said", "words"),
    [
        ("en", "when the driveway camera sees a car between 22 and 6, notify me on Slack and turn on the porch light",
         "When Driveway camera sees a car, turn on Porch light and tell you on Slack, only between 22:00 and 06:00."),
        ("en", "when the average of weather/station/temp over 10 minutes is above 25, tell me that it is hot",
         'When the average of weather/station/temp over 10 min is above 25, tell you "it is hot".'),
        ("en", "when tank/level volume is below 20 for 5 minutes and nobody is home, send me an urgent message",
         "When volume of tank/level is below 20 for 5 min, tell you (urgent, in quiet hours too), only if nobody is at home."),
        ("en", "when everyone has left home @planner check the house",
         'When nobody is at home any more, hand to planner "check the house".'),
        ("en", "when a person is detected, turn on the porch light only on weekends",
         "When a camera sees a person, turn on Porch light, only on Saturday and Sunday."),
        ("de", "wenn die Einfahrtskamera ein Auto sieht, sag mir auf Slack Bescheid",
         "Wenn Einfahrtskamera ein Auto sieht: auf Slack Bescheid sagen."),
        ("de", 'wenn eine Nachricht auf custom/post ankommt, schick mir eine Nachricht mit dem Text "Post!"',
         "Wenn eine Nachricht auf custom/post kommt: Bescheid sagen „Post!“."),
        ("de", "mach die Hausnummer an, wenn es dunkel wird und jemand zu Hause ist",
         "Wenn es dunkel wird: Hausnummer einschalten, nur wenn jemand zu Hause ist."),
    ],
)  # fmt: skip
def test_words(language, said, words, make):
    assert make(said, language).summary == words
