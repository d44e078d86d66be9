from collections import Counter

from wactorz_main.command_table import COMMANDS, NAMES


def test_a_word_means_one_command_only():
    meanings = {(word, command.name) for command in COMMANDS for word in (command.name, *command.aliases)}
    assert [word for word, count in Counter(word for word, _ in meanings).items() if count > 1] == []


def test_every_command_can_be_typed_as_its_usage_says():
    for command in COMMANDS:
        assert command.usage.removeprefix("/").split()[0] == command.name
        assert command.german not in ("", command.summary)


def test_names_are_in_the_order_of_the_help_and_each_once():
    assert len(NAMES) == len(set(NAMES))
    assert NAMES[:2] == ("help", "agents")
    assert {command.name for command in COMMANDS if command.plain} == {"help", "rules"}


def test_german_is_told_to_who_speaks_it_and_english_to_everybody_else():
    rules = next(command for command in COMMANDS if command.name == "rules")
    assert [rules.told(one) for one in ("de", "de-AT", "DE")] == ["die Regeln zeigen"] * 3
    assert [rules.told(one) for one in ("", "en", "fr")] == ["show the rules"] * 3
