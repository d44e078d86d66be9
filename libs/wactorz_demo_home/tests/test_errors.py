from wactorz_demo_home.errors import CallError, service_not_found, unsupported


def test_errors_in_wire_form():
    assert CallError("invalid_info", "No.").as_dict() == {"code": "invalid_info", "message": "No."}
    assert service_not_found("light", "nope").as_dict()["translation_key"] == "service_not_found"
    assert unsupported("lock", "open", "lock.a").as_dict() == {
        "code": "service_validation_error",
        "message": "Validation error: Entity lock.a does not support action lock.open",
        "translation_key": "service_not_supported",
        "translation_placeholders": {"domain": "lock", "service": "open", "entity_id": "lock.a"},
        "translation_domain": "homeassistant",
    }
