"""Encrypts the secrets within a component's settings, so that the rest of what is stored stays readable."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from cryptography.fernet import InvalidToken, MultiFernet
from pydantic import BaseModel, SecretStr
from pydantic_core import to_jsonable_python

from hub.core.access.key_file import KeyFile
from hub.core.contracts.errors import SettingsError
from hub.core.registry.validation import validated

MASK = "••••"
"""What is shown for a secret, whatever its value or length."""

_SEALED = "$sealed"
"""The only key of the object that stands for a secret in the stored JSON."""

ModelT = TypeVar("ModelT", bound=BaseModel)


class Secrets:
    """Seals and opens settings. The keys are in ``secrets.key`` in the hub's home.

    Keys are changed in three steps, each safe to repeat: ``rotate``, then ``reseal`` everything that is
    stored, then ``forget_old_keys``.
    """

    def __init__(self, home: Path) -> None:
        self._keys = KeyFile(home)

    def seal(self, settings_model: type[BaseModel], values: Mapping[str, object]) -> str:
        """Check settings and write them as JSON for the store, each ``SecretStr`` encrypted.

        Only what was entered is written, so that a default a plugin changes later takes effect. The first
        secret makes the key file.

        Raises:
            SettingsError: the values do not fit the model.
            StoreError: the key file can't be read or written.
        """
        settings = validated(settings_model, values, _title(settings_model))
        plain = _mapped(settings.model_dump(exclude_unset=True), self._encrypted)
        return json.dumps(to_jsonable_python(plain), ensure_ascii=False, sort_keys=True)

    def open(self, settings_model: type[ModelT], sealed: str) -> ModelT:
        """Make settings of what ``seal`` wrote.

        Raises:
            SettingsError: the key file is missing, none of its keys opens a secret, or the settings do not fit
                the model any more; the text says what to do.
            StoreError: the key file can't be read.
        """
        opened = _unsealed(json.loads(sealed), self._decrypted)
        assert isinstance(opened, dict)
        return validated(settings_model, opened, _title(settings_model))

    def rotate(self) -> None:
        """Make a new key; from now on everything is sealed under it. Old keys still open what they sealed.

        Raises:
            StoreError: the key file can't be read or written.
        """
        self._keys.add()

    def reseal(self, sealed: str) -> str:
        """Seal again, under the newest key, what ``seal`` wrote. Needs no settings model.

        Raises:
            SettingsError: the key file is missing, or none of its keys opens a secret.
            StoreError: the key file can't be read.
        """
        renewed = _unsealed(json.loads(sealed), lambda token: {_SEALED: self._renewed(token)})
        return json.dumps(renewed, ensure_ascii=False, sort_keys=True)

    def forget_old_keys(self) -> None:
        """Keep the newest key alone. Whatever was not resealed before can't be opened any more.

        Raises:
            StoreError: the key file can't be read or written.
        """
        self._keys.keep_newest()

    def _encrypted(self, secret: SecretStr) -> object:
        token = MultiFernet(self._keys.make_sure()).encrypt(secret.get_secret_value().encode())
        return {_SEALED: token.decode()}

    def _decrypted(self, token: str) -> object:
        return SecretStr(self._with_keys(lambda keys: keys.decrypt(token.encode())).decode())

    def _renewed(self, token: str) -> str:
        return self._with_keys(lambda keys: keys.rotate(token.encode())).decode()

    def _with_keys(self, use: Callable[[MultiFernet], bytes]) -> bytes:
        keys = self._keys.keys()
        mend = "restore it from a copy, or enter the secrets again with `hub connect`"
        if not keys:
            raise SettingsError(
                f"saved secrets can't be opened: the key file {self._keys.path} is missing; {mend}"
            )
        try:
            return use(MultiFernet(keys))
        except InvalidToken:
            raise SettingsError(
                f"saved secrets can't be opened: the key file {self._keys.path} lacks their key; {mend}"
            ) from None


def masked(settings: BaseModel) -> dict[str, object]:
    """Settings as they may be shown: a secret that is set is ``••••``, one that is not is empty."""
    shown = _mapped(settings.model_dump(), lambda secret: MASK if secret.get_secret_value() else "")
    result: dict[str, object] = to_jsonable_python(shown)
    return result


def _title(model: type[BaseModel]) -> str:
    return model.__name__


def _mapped(value: object, change: Callable[[SecretStr], object]) -> object:
    """The same structure with every secret in it changed."""
    if isinstance(value, SecretStr):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _mapped(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_mapped(item, change) for item in value]
    return value


def _unsealed(value: object, change: Callable[[str], object]) -> object:
    """The same structure with every sealed secret in it changed."""
    if isinstance(value, dict):
        if set(value) == {_SEALED}:
            return change(str(value[_SEALED]))
        return {key: _unsealed(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_unsealed(item, change) for item in value]
    return value
