import json

import structlog

from wactorz_demo_home.logs import configure


def test_records_as_json_from_the_level_on(capsys):
    configure("WARNING", "json")
    log = structlog.get_logger()
    log.info("quiet")
    log.warning("loud", entity_id="light.a")
    record = json.loads(capsys.readouterr().err)
    assert (record["event"], record["level"], record["entity_id"]) == ("loud", "warning", "light.a")


def test_records_for_people(capsys):
    configure("INFO", "console")
    structlog.get_logger().info("hello", n=1)
    assert "hello" in capsys.readouterr().err
