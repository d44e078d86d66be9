"""Every command that people may type, in the order of /help; pure data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """One way to type a command, and what it does in a few words of each language."""

    name: str
    usage: str
    summary: str
    german: str
    aliases: tuple[str, ...] = ()
    plain: bool = False
    """Whether it is a command without its slash, too."""

    def told(self, language: str) -> str:
        """What it does, in a language or in English."""
        return self.german if language.partition("-")[0].casefold() == "de" else self.summary


COMMANDS = (
    Command("help", "/help", "show this list", "diese Liste zeigen", ("h", "?"), plain=True),
    Command("agents", "/agents [WORD]", "show the agents that are here", "zeigen, welche Agenten da sind",
            ("capabilities",)),
    Command("agents", "/agents DO NAME", "start, stop, restart, pause, resume or delete an agent",
            "Agenten mit start, stop, restart, pause, resume oder delete steuern"),
    Command("registry", "/registry [WORD]", "show all agents with id, node and abilities",
            "alle Agenten mit Kennung, Knoten und Fähigkeiten zeigen"),
    Command("start", "/start NAME", "start an agent; also /stop NAME, /delete NAME",
            "einen Agenten starten; ebenso /stop NAME, /delete NAME"),
    Command("delete", "/delete NAME", "delete a spawned agent with what it has kept",
            "einen erzeugten Agenten mit allem löschen, was er behalten hat", ("remove",)),
    Command("nodes", "/nodes", "show the machines that run agents", "die Rechner zeigen, auf denen Agenten laufen",
            ("list_nodes",)),
    Command("nodes", "/nodes DO NODE", "remove, restart or shutdown another machine",
            "einen anderen Rechner mit remove, restart oder shutdown verwalten"),
    Command("deploy", "/deploy NODE", "tell how a further machine is taken in",
            "sagen, wie ein weiterer Rechner dazukommt"),
    Command("migrate", "/migrate NAME NODE", "move a spawned agent to another machine",
            "einen erzeugten Agenten auf einen anderen Rechner bringen"),
    Command("approvals", "/approvals", "show what waits for your yes; /approve ID, /deny ID",
            "zeigen, was auf dein Ja wartet; /approve ID, /deny ID"),
    Command("approve", "/approve ID [PIN]", "allow what was asked for", "das Gefragte erlauben"),
    Command("deny", "/deny ID", "refuse it", "es ablehnen"),
    Command("rules", "/rules", "show the rules", "die Regeln zeigen", plain=True),
    Command("rules", "/rules DO ID", "show, approve, pause, resume, grant, revoke or delete a rule",
            "eine Regel mit show, approve, pause, resume, grant, revoke oder delete behandeln"),
    Command("rules", "/rules edit ID WHAT", "change a rule, in words or as YAML",
            "eine Regel ändern, in Worten oder als YAML"),
    Command("rules", "/rules export|import", "all rules as YAML; rules out of YAML after import",
            "alle Regeln als YAML; Regeln aus dem YAML nach import"),
    Command("backtest", "/backtest RULE [DAYS]", "try a rule, by ID or in words, on the past",
            "eine Regel, mit ID oder in Worten, an der Vergangenheit erproben"),
    Command("why", "/why [NAME]", "tell why a device is as it is, or a rule did not fire",
            "sagen, warum ein Gerät so ist oder eine Regel nicht handelte"),
    Command("undo", "/undo", "take back the rule or the change of an automation made last",
            "die zuletzt gemachte Regel oder Änderung einer Automatisierung zurücknehmen"),
    Command("plans", "/plans [DO ID]", "show plans; show, approve, reject or cancel one; clear",
            "Pläne zeigen; einen mit show, approve, reject oder cancel behandeln; clear"),
    Command("clear-plans", "/clear-plans", "forget kept plans", "behaltene Pläne vergessen", ("clear_plans",)),
    Command("automations", "/automations [WORD]", "show Home Assistant's automations",
            "die Automatisierungen von Home Assistant zeigen", ("automation",)),
    Command("automations", "/automations DO NAME", "show, enable, disable or delete one; change NAME: WHAT",
            "eine mit show, enable, disable oder delete behandeln; change NAME: WAS"),
    Command("policy", "/policy [NAME]", "show who may change a device, and when",
            "zeigen, wer ein Gerät wann ändern darf", ("policies",)),
    Command("memory", "/memory", "show what I remember of you", "zeigen, was ich mir gemerkt habe", ("facts",)),
    Command("memory", "/memory forget KEY|clear", "forget a fact or a secret, or everything",
            "eine Sache oder ein Geheimnis vergessen, oder alles"),
    Command("repair", "/repair", "check and mend the stored history of this conversation",
            "den gespeicherten Verlauf dieses Gesprächs prüfen und berichtigen"),
    Command("webhook", "/webhook", "show where notices can go", "zeigen, wohin Nachrichten gehen können",
            ("webhooks",)),
    Command("webhook", "/webhook SERVICE URL", "store a place: discord, slack, telegram, ...; remove|test NAME",
            "einen Ort speichern: discord, slack, telegram, ...; remove|test NAME"),
    Command("notify", "/notify [PLACE:] TEXT", "send a notice", "eine Nachricht schicken"),
    Command("cost", "/cost [today|month]", "show tokens and dollars spent on models",
            "zeigen, was Modelle an Tokens und Dollar gekostet haben", ("costs",)),
    Command("cost", "/cost agent|rule|session|day [X]", "the same by agent, rule, session or day; limit USD",
            "dasselbe nach Agent, Regel, Gespräch oder Tag; limit USD"),
    Command("topics", "/topics [WORD]", "show topics with their fields", "Topics mit ihren Feldern zeigen"),
    Command("bus", "/bus [AGENT]", "show who speaks and listens where, and who would fit together",
            "zeigen, wer wo spricht und hört und wer zusammenpasst"),
    Command("mqtt", "/mqtt [WORD]", "show the liveliest topics", "die lebhaftesten Topics zeigen"),
    Command("packages", "/packages", "tell which packages agents may use",
            "sagen, welche Pakete Agenten nutzen dürfen"),
    Command("artifacts", "/artifacts", "tell where agents keep what they make",
            "sagen, wo Agenten ablegen, was sie machen"),
    Command("language", "/language [CODE]", "the language of this conversation; auto goes by each sentence",
            "die Sprache dieses Gesprächs; auto geht nach jedem Satz", ("lang",)),
    Command("stop", "/stop", "stop the answer that is being made", "die laufende Antwort abbrechen"),
    Command("stop", "/stop all", "stop everything: no device is moved, no rule fires, nothing is spawned",
            "alles anhalten: kein Gerät wird bewegt, keine Regel handelt"),
    Command("go", "/go", "let everything act again", "alles wieder handeln lassen"),
)  # fmt: skip

NAMES = tuple(dict.fromkeys(command.name for command in COMMANDS))
"""Every command once."""
