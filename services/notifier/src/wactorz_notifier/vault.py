"""The vault: a file of sealed secrets that only this service can open, and the places for notices."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wactorz_common.contracts.notices import SealedSecret, SecretEntry, Target, VaultKey
from wactorz_common.errors import Refused, StoreError
from wactorz_common.sealing import Opener
from wactorz_notifier.german import in_words, phrase

FORMAT = 1
_MOST_PLACES, _MOST_SECRETS = 50, 200


class Kept(BaseModel):
    """A secret as it lies in the file: sealed."""

    model_config = ConfigDict(frozen=True)

    secret: SealedSecret
    note: str = ""
    stored_at: float


class Place(BaseModel):
    """A place for notices as it lies in the file: its URL is sealed."""

    model_config = ConfigDict(frozen=True)

    name: str
    service: str
    is_own: bool = True
    hint: str = ""
    url: SealedSecret = Field(repr=False)
    stored_at: float


class _Contents(BaseModel):
    version: int = FORMAT
    places: dict[str, Place] = Field(default_factory=dict)
    secrets: dict[str, Kept] = Field(default_factory=dict)


class Vault:
    """Places and secrets; every change is on disk when its method returns. Nothing is ever told in clear but URLs.

    Those are opened for the one who sends, and live no longer than that.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "vault.json"
        self._opener = Opener.load(folder / "vault.key")
        self._contents = self._read()

    @property
    def key(self) -> VaultKey:
        """The public key that secrets are sealed for."""
        return self._opener.vault_key

    def _read(self) -> _Contents:
        try:
            text = self._path.read_text()
        except FileNotFoundError:
            return _Contents()
        except OSError as error:
            raise StoreError(f"the vault {self._path} cannot be read: {error.strerror}") from error
        try:
            contents = _Contents.model_validate_json(text)
        except ValidationError:
            raise StoreError(
                f"the vault {self._path} cannot be read: restore it from a backup, or move it away to begin anew"
            ) from None
        if contents.version > FORMAT:
            raise StoreError(
                f"the vault {self._path} has version {contents.version}, but this program knows only up to {FORMAT}: "
                "install the newer program again, or move the file away to begin anew"
            )
        return contents

    # -- places -------------------------------------------------------------------------------------------------

    def places(self) -> list[Place]:
        """The usual one first, then the others by age."""
        return sorted(self._contents.places.values(), key=lambda place: place.stored_at)

    def place(self, wanted: str) -> Place | None:
        """The place of that name, else the oldest one of that service; the usual one when nothing is wanted."""
        known, wanted = self.places(), wanted.strip().lower()
        if not wanted:
            return known[0] if known else None
        named = [place for place in known if place.name.lower() == wanted]
        return next(iter(named or [place for place in known if place.service == wanted]), None)

    def targets(self, problems: dict[str, str]) -> Iterator[Target]:
        """What is told of the places."""
        for number, place in enumerate(self.places()):
            yield Target(
                name=place.name, service=place.service, hint=place.hint, usual=number == 0, stored_at=place.stored_at,
                problem=in_words(problems.get(place.name, "")),
            )  # fmt: skip

    def open(self, secret: SealedSecret) -> str:
        """A secret in clear; Refused when it was sealed for another key."""
        return self._opener.open(secret)

    def url_of(self, place: Place) -> str:
        """The URL of a place, in clear."""
        return self._opener.open(place.url)

    def set_place(self, place: Place) -> None:
        """Keep a place; another one of that name is replaced, and stays the usual one if it was."""
        places = dict(self._contents.places)
        before = next((one for one in places.values() if one.name.lower() == place.name.lower()), None)
        if before is not None:
            del places[before.name]
            place = place.model_copy(update={"stored_at": before.stored_at})
        if len(places) >= _MOST_PLACES:
            raise Refused(phrase("There are {places} places already: forget one first", places=len(places)))
        self._keep(_Contents(places={**places, place.name: place}, secrets=self._contents.secrets))

    def remove_place(self, name: str) -> Place:
        """Forget a place, by name or service."""
        place = self.place(name)
        if place is None or not name.strip():
            raise Refused(phrase("There is no place called {name}; {known}", name=ascii(name[:64]), known=self.known()))
        places = {key: one for key, one in self._contents.places.items() if key != place.name}
        self._keep(_Contents(places=places, secrets=self._contents.secrets))
        return place

    def known(self) -> str:
        """The names of the places, in words."""
        names = ", ".join(place.name for place in self.places())
        return phrase("there is {names}", names=names) if names else phrase("none is stored")

    # -- secrets ------------------------------------------------------------------------------------------------

    def entries(self) -> tuple[SecretEntry, ...]:
        """What is told of the secrets, oldest first."""
        kept = sorted(self._contents.secrets.values(), key=lambda one: one.stored_at)
        return tuple(_entry(one) for one in kept)

    def store(self, secret: SealedSecret, note: str) -> SecretEntry:
        """Keep a secret that can be opened; Refused otherwise."""
        self._opener.open(secret)
        if secret.reference not in self._contents.secrets and len(self._contents.secrets) >= _MOST_SECRETS:
            raise Refused(
                phrase("{MOST_SECRETS} secrets are kept already: forget one first", MOST_SECRETS=_MOST_SECRETS)
            )
        kept = Kept(secret=secret, note=note, stored_at=time.time())
        secrets = {**self._contents.secrets, secret.reference: kept}
        self._keep(_Contents(places=self._contents.places, secrets=secrets))
        return _entry(kept)

    def forget(self, reference: str) -> None:
        """Drop a secret; it is fine when it is gone already."""
        secrets = {key: one for key, one in self._contents.secrets.items() if key != reference}
        self._keep(_Contents(places=self._contents.places, secrets=secrets))

    def _keep(self, contents: _Contents) -> None:
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(contents.model_dump_json(indent=1))
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self._path)
            _sync_folder(self._path.parent)
        except OSError as error:
            raise StoreError(f"the vault {self._path} cannot be written: {error.strerror}") from error
        self._contents = contents


def _entry(kept: Kept) -> SecretEntry:
    secret = kept.secret
    return SecretEntry(reference=secret.reference, kind=secret.kind, note=kept.note, stored_at=kept.stored_at)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
