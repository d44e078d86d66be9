import pytest

from wactorz_main.commands import COMMANDS, Typed, help_text, parse, prefixed, unknown


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("/help", "help", ()), ("/h", "help", ()), ("/?", "help", ()), ("help", "help", ()), ("/help()", "help", ()),
        ("/agents", "agents", ()), ("/agents home", "agents", ("home",)), ("/capabilities", "agents", ()),
        ("/rules", "rules", ()), ("rules", "rules", ()), ("/rules delete ab12cd34", "rules", ("delete", "ab12cd34")),
        ("/rules approve ab12cd34", "rules", ("approve", "ab12cd34")), ("/cost", "cost", ()),
        ("/stop all", "stop", ("all",)), ("/go", "go", ()), ("  /go  ", "go", ()), ("/nonsense x", "", ("x",)),
        ("/Help", "", ()), ("/", "", ()), ("/agents stop tide", "agents", ("stop", "tide")), ("/stop tide", "stop", ("tide",)),
        ("/delete tide", "delete", ("tide",)), ("/start tide", "start", ("tide",)), ("/nodes", "nodes", ()),
        ("list_nodes", "nodes", ()), ("main.list_nodes()", "nodes", ()), ("/migrate a b", "migrate", ("a", "b")),
        ("/approvals", "approvals", ()), ("/approve x", "approve", ("x",)), ("/deny x", "deny", ("x",)),
    ],
)  # fmt: skip
def test_commands_are_read(text, name, arguments):
    typed = parse(text)
    assert typed is not None
    assert (typed.name, typed.arguments) == (name, arguments)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "help me please",
        "stop all blinds",
        "stop everything in the kitchen",
        "turn on the light",
        "the rules",
        "cost",
        "Rules",
        "go",
    ],
)
def test_sentences_are_no_commands(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    "text", ["/stop all", "/STOP ALL!", "/stop everything", "/stop all now", "stop all", "Stop everything!",
             "STOP  EVERYTHING NOW!!", "emergency stop", "stop everything, please", "Stopp alles!",
             "alles anhalten", "Halte alles an", "Not-Aus!"],
)  # fmt: skip
def test_in_a_hurry_the_stop_is_read_however_it_is_typed(text):
    typed = parse(text)
    assert typed is not None
    assert (typed.name, typed.arguments) == ("stop", ("all",))


def test_every_command_is_in_the_help():
    assert all(command.usage in help_text() for command in COMMANDS)


def test_unknown_command_names_the_nearest():
    assert unknown("/rulez") == "There is no command /rulez. Did you mean /rules?"
    assert unknown("/xyzzy") == "There is no command /xyzzy. /help lists them all."
    assert parse("/rulez") == Typed("", (), "/rulez")


@pytest.mark.parametrize(
    ("text", "kind", "rest"),
    [
        ("pipeline: when a, do b", "rule", "when a, do b"), ("pipeline when a, do b", "rule", "when a, do b"),
        ("Pipeline!when a", "rule", "when a"), ("set up a rule: when a", "rule", "when a"),
        ("create a rule that turns b on when a", "rule", "turns b on when a"), ("set up a pipeline", "rule", ""),
        ("plan: a party", "plan", "a party"), ("coordinate: a party", "plan", "a party"),
        ("coordinate a party", "plan", "a party"),
        ("automation: when a, do b", "automation", "when a, do b"),
        ("Create an automation that turns b on when a", "automation", "turns b on when a"),
        ("hardware: a wet cellar", "hardware", "a wet cellar"),
        ("what do I need to see who rings?", "hardware", "what do I need to see who rings?"),
        ("Was brauche ich, um den Keller zu überwachen?", "hardware", "Was brauche ich, um den Keller zu überwachen?"),
    ],
)  # fmt: skip
def test_prefixes(text, kind, rest):
    found = prefixed(text)
    assert found is not None
    assert (found.kind, found.rest) == (kind, rest)


@pytest.mark.parametrize("text", ["plan my day", "pipelines are nice", "turn on the light"])
def test_no_prefix(text):
    assert prefixed(text) is None


def test_automations_may_be_asked_for_in_a_sentence():
    assert parse("which automations are there?") == Typed("automations", (), "which")
    assert parse("disable the morning light automation") == Typed(
        "automations", ("disable", "morning light"), "disable"
    )
    assert parse("turn on the kitchen light") is None


@pytest.mark.parametrize(
    ("said", "name"),
    [("What can you do?", "help"), ("Hilfe", "help"), ("show me the rules", "rules"), ("zeig mir die Regeln", "rules"),
     ("why?", "why"), ("Warum?", "why"), ("resume everything", "go"), ("alles weiter", "go"),
     ("delete the coffee rule", "rules"), ("pause all rules", "rules"), ("lösche die Regel", "rules")],
)  # fmt: skip
def test_some_commands_may_be_said_in_words(said, name):
    assert parse(said) == Typed(name, (), said.split()[0])


@pytest.mark.parametrize("said", ["why is the light on", "help the cat", "resume", "weiter", "show me the kitchen"])
def test_more_words_are_a_sentence(said):
    assert parse(said) is None
