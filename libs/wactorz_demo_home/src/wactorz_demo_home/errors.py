"""What the house answers when it refuses a call, in Home Assistant's codes and words."""

from typing import Any


class CallError(Exception):
    """A refused command or service call."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        key: str | None = None,
        placeholders: dict[str, str] | None = None,
        domain: str | None = "homeassistant",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.translation = (
            {"translation_key": key, "translation_placeholders": placeholders or {}, "translation_domain": domain}
            if key
            else {}
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the error as it goes on the wire."""
        return {"code": self.code, "message": self.message, **self.translation}


class DemoHomeError(Exception):
    """The demo home cannot start; the message says why and what to do."""


def malformed(problem: str) -> CallError:
    """Return the answer to data that breaks a schema."""
    return CallError("invalid_format", problem)


def not_found(message: str) -> CallError:
    """Return the answer to an id that nothing has."""
    return CallError("not_found", message)


def service_not_found(domain: str, service: str) -> CallError:
    """Return the answer to a service that does not exist."""
    return CallError(
        "not_found",
        f"Service {domain}.{service} not found.",
        key="service_not_found",
        placeholders={"domain": domain, "service": service},
    )


def unsupported(domain: str, service: str, entity_id: str) -> CallError:
    """Return the answer to a service that this device has no ability for."""
    return refused(
        f"Entity {entity_id} does not support action {domain}.{service}",
        key="service_not_supported",
        placeholders={"domain": domain, "service": service, "entity_id": entity_id},
    )


def refused(message: str, *, key: str, placeholders: dict[str, str], domain: str | None = "homeassistant") -> CallError:
    """Return the answer to well-formed data that the device cannot take."""
    return CallError(
        "service_validation_error", f"Validation error: {message}", key=key, placeholders=placeholders, domain=domain
    )
