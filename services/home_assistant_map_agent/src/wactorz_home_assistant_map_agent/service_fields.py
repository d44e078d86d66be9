"""The fields of services, from Home Assistant's descriptions; pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from wactorz_common.contracts.home import ServiceField

Described = Mapping[str, Mapping[str, Any]]


def service_fields(services: Described) -> dict[str, tuple[ServiceField, ...]]:
    """Fields by domain.service; services without any are left out."""
    found = {
        f"{domain}.{name}": tuple(_fields(described))
        for domain, own in sorted(services.items())
        for name, described in sorted(own.items())
    }
    return {service: fields for service, fields in found.items() if fields}


def _fields(described: Any) -> Iterator[ServiceField]:
    """Fields of a service, those in its groups included."""
    fields = described.get("fields") if isinstance(described, Mapping) else None
    for name, field in fields.items() if isinstance(fields, Mapping) else ():
        if isinstance(field, Mapping) and isinstance(field.get("fields"), Mapping):
            yield from _fields(field)
        else:
            yield _field(str(name), field if isinstance(field, Mapping) else {})


def _field(name: str, field: Mapping[str, Any]) -> ServiceField:
    selector = field.get("selector")
    kind, wishes = next(iter(selector.items()), ("", None)) if isinstance(selector, Mapping) else ("", None)
    wishes = wishes if isinstance(wishes, Mapping) else {}
    return ServiceField(
        name=name, required=field.get("required") is True, selector=str(kind), minimum=_number(wishes.get("min")),
        maximum=_number(wishes.get("max")), options=tuple(_options(wishes.get("options"))),
    )  # fmt: skip


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _options(listed: Any) -> Iterator[str]:
    for option in listed if isinstance(listed, list | tuple) else ():
        value = option.get("value") if isinstance(option, Mapping) else option
        if value is not None:
            yield str(value)
