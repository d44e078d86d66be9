"""Floors and labels: small registries of names; rows are kept in wire form."""

import time
from typing import Any

from wactorz_demo_home.errors import CallError


class Groups:
    """One registry of groups that other rows refer to by id."""

    def __init__(self, kind: str, empty: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        self._kind = kind
        self._key = f"{kind}_id"
        self._empty = empty
        self.rows = {row[self._key]: row for row in rows}

    def create(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Add a group; raise CallError when its name is taken."""
        self._refuse_taken(asked["name"])
        group_id = "_".join(asked["name"].lower().split())
        self.rows[group_id] = self.row(group_id, asked)
        return self.rows[group_id]

    def row(self, group_id: str, given: dict[str, Any]) -> dict[str, Any]:
        """Return a new row with what is given and nothing else."""
        now = time.time()
        return {**self._empty, **given, self._key: group_id, "created_at": now, "modified_at": now}

    def update(self, group_id: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Change a group; raise CallError when there is none or the new name is taken."""
        if group_id not in self.rows:
            raise CallError("unknown_error", "Unknown error")
        row = self.rows[group_id]
        if "name" in asked and asked["name"] != row["name"]:
            self._refuse_taken(asked["name"])
        row |= {**asked, "modified_at": time.time()}
        return row

    def delete(self, group_id: str) -> None:
        """Remove a group; raise CallError when there is none."""
        if self.rows.pop(group_id, None) is None:
            raise CallError("invalid_info", f"{self._kind.capitalize()} ID doesn't exist")

    def _refuse_taken(self, name: str) -> None:
        flat = name.lower().replace(" ", "")
        if any(row["name"].lower().replace(" ", "") == flat for row in self.rows.values()):
            raise CallError("invalid_info", f"The name {name} ({flat}) is already in use")
