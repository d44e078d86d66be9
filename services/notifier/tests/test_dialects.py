import json

from wactorz_notifier.dialects import DIALECTS, Answer, Saying

SAYING = Saying("The <door> & @everyone", "Door", "warning", "door", "task-1")


def answer(body, status=200):
    return Answer(status, {}, body if isinstance(body, str) else json.dumps(body))


def test_discord():
    discord = DIALECTS["discord"]
    url = "https://discord.com/api/webhooks/1/abc?thread_id=9"
    sent = discord.send(url, SAYING)
    assert (sent.method, sent.url) == ("POST", f"{url}&wait=true")
    assert sent.body["content"] == "**Door**\nThe <door> & @\u200beveryone"
    assert sent.body["allowed_mentions"] == {"parse": []}
    edited = discord.edit(url, "77", SAYING)
    assert (edited.method, edited.is_repeatable) == ("PATCH", True)
    assert edited.url == "https://discord.com/api/webhooks/1/abc/messages/77?thread_id=9"
    assert discord.message_id(answer({"id": "77"})) == "77"
    assert discord.is_gone(answer({"code": 10008}, 404))
    assert not discord.is_gone(answer({"code": 10015}, 404))
    assert "abc" not in repr(sent)


def test_slack():
    slack = DIALECTS["slack"]
    sent = slack.send("https://hooks.slack.com/services/T/B/x", SAYING)
    assert sent.body == {"text": "*Door*\nThe &lt;door&gt; &amp; @\u200beveryone"}
    assert slack.edit("u", "1", SAYING) is None
    assert slack.message_id(answer("ok")) == ""


def test_telegram():
    telegram = DIALECTS["telegram"]
    url = "https://api.telegram.org/bot1:abc/sendMessage?chat_id=-100&message_thread_id=3&parse_mode=HTML"
    sent = telegram.send(url, SAYING)
    assert sent.url == "https://api.telegram.org/bot1:abc/sendMessage"
    assert sent.body == {
        "chat_id": "-100", "message_thread_id": "3", "text": "Door\nThe <door> & @\u200beveryone",
        "link_preview_options": {"is_disabled": True},
    }  # fmt: skip
    edited = telegram.edit(url, "5", SAYING)
    assert edited.url == "https://api.telegram.org/bot1:abc/editMessageText"
    assert (edited.body["message_id"], edited.is_repeatable, sent.is_repeatable) == ("5", True, False)
    assert telegram.message_id(answer({"ok": True, "result": {"message_id": 5}})) == "5"
    assert telegram.is_unchanged(answer({"ok": False, "description": "Bad Request: message is not modified"}, 400))
    assert telegram.is_gone(answer({"ok": False, "description": "Bad Request: message to edit not found"}, 400))


def test_webhook():
    sent = DIALECTS["webhook"].send("https://example.org/x", SAYING)
    assert sent.headers == {"Idempotency-Key": "task-1"}
    assert sent.body["text"] == sent.body["content"] == "The <door> & @\u200beveryone"
    assert (sent.body["severity"], sent.body["key"], sent.body["title"]) == ("warning", "door", "Door")


def test_answers_that_are_no_json():
    assert answer("<html>").json() == answer("[1]").json() == {}
