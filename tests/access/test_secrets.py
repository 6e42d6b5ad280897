"""Secrets in stored settings: what can be read, what can't, and what happens to keys."""

import json
import stat
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr

from hub import Settings
from hub.core.access.secrets import Secrets, masked
from hub.core.contracts.errors import SettingsError, StoreError


class Login(BaseModel):
    user: str
    password: SecretStr


class PlatformSettings(Settings):
    address: str
    token: SecretStr = SecretStr("")
    spare: SecretStr | None = None
    logins: list[Login] = Field(default_factory=list)
    tokens: dict[str, SecretStr] = Field(default_factory=dict)
    folder: Path = Path()
    rate: Decimal = Decimal("1.5")


VALUES: dict[str, Any] = {
    "address": "https://example.com/Grüße",
    "token": "hunter2",
    "spare": "hunter3",
    "logins": [{"user": "ada", "password": "hunter4"}],
    "tokens": {"a": "hunter5"},
    "folder": "inbox",
    "rate": "2.25",
}


def plain(model: PlatformSettings) -> list[str]:
    assert model.spare is not None
    secrets = [model.token, model.spare, model.logins[0].password, model.tokens["a"]]
    return [secret.get_secret_value() for secret in secrets]


def test_what_is_sealed_can_be_opened_again(tmp_path: Path) -> None:
    opened = Secrets(tmp_path).open(PlatformSettings, Secrets(tmp_path).seal(PlatformSettings, VALUES))
    assert opened == PlatformSettings(**VALUES)
    assert plain(opened) == ["hunter2", "hunter3", "hunter4", "hunter5"]
    assert (opened.folder, opened.rate) == (Path("inbox"), Decimal("2.25"))


def test_only_secrets_are_encrypted_and_defaults_are_not_kept(tmp_path: Path) -> None:
    sealed = Secrets(tmp_path).seal(PlatformSettings, VALUES)
    assert "hunter" not in sealed
    stored = json.loads(sealed)
    assert stored["address"] == "https://example.com/Grüße"
    assert stored["logins"][0]["user"] == "ada"
    assert list(json.loads(Secrets(tmp_path).seal(PlatformSettings, {"address": "x"}))) == ["address"]


def test_equal_secrets_do_not_look_equal(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    stored = json.loads(secrets.seal(PlatformSettings, {"address": "x", "tokens": {"a": "same", "b": "same"}}))
    assert stored["tokens"]["a"] != stored["tokens"]["b"]


@settings(max_examples=30)
@given(
    token=st.text(st.characters(exclude_categories=["Cs"])),
    address=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, token: str, address: str) -> None:
    home = tmp_path_factory.getbasetemp() / "any_text"
    home.mkdir(exist_ok=True)
    sealed = Secrets(home).seal(PlatformSettings, {"address": address, "token": token})
    opened = Secrets(home).open(PlatformSettings, sealed)
    assert (opened.address, opened.token.get_secret_value()) == (address, token)


def test_wrong_values_are_refused_without_showing_a_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'address' is missing") as caught:
        Secrets(tmp_path).seal(PlatformSettings, {"token": ["hunter2"]})
    assert "hunter2" not in str(caught.value)


def test_settings_of_an_older_plugin_that_fit_no_more_are_said(tmp_path: Path) -> None:
    class Newer(Settings):
        address: str
        account: str
        token: SecretStr

    sealed = Secrets(tmp_path).seal(PlatformSettings, {"address": "x", "token": "hunter2"})
    with pytest.raises(SettingsError, match="'account' is missing"):
        Secrets(tmp_path).open(Newer, sealed)


def test_the_key_file_is_made_with_the_first_secret_for_its_owner_alone(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    secrets.seal(PlatformSettings, {"address": "x"})
    assert not (tmp_path / "secrets.key").exists()
    secrets.seal(PlatformSettings, VALUES)
    assert stat.S_IMODE((tmp_path / "secrets.key").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) in (
        ["secrets.key"],
        ["secrets.key", "secrets.key.lock"],
    )


def test_a_lost_key_file_is_said_and_not_replaced(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    sealed = secrets.seal(PlatformSettings, VALUES)
    (tmp_path / "secrets.key").unlink()
    for attempt in (lambda: secrets.open(PlatformSettings, sealed), lambda: secrets.reseal(sealed)):
        with pytest.raises(SettingsError, match=r"secrets\.key is missing; restore it from a copy, or enter"):
            attempt()
    assert not (tmp_path / "secrets.key").exists()
    open_one = secrets.seal(PlatformSettings, {"address": "x"})
    assert secrets.open(PlatformSettings, open_one).address == "x", "what holds no secret needs no key"


def test_a_secret_of_another_key_or_a_changed_one_is_said(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    sealed = secrets.seal(PlatformSettings, {"address": "x", "token": "hunter2"})
    stored = json.loads(sealed)
    token = stored["token"]["$sealed"]
    stored["token"]["$sealed"] = token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:]
    with pytest.raises(SettingsError, match="lacks their key"):
        secrets.open(PlatformSettings, json.dumps(stored))
    (tmp_path / "secrets.key").write_bytes(Fernet.generate_key())
    with pytest.raises(SettingsError, match="lacks their key"):
        secrets.open(PlatformSettings, sealed)


@pytest.mark.parametrize("content", ["hunter2-not-a-key\n", "", "\n\n"])
def test_a_damaged_key_file_is_said_without_showing_it(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.key").write_text(content)
    with pytest.raises(StoreError, match=r"secrets\.key.*restore") as caught:
        Secrets(tmp_path).seal(PlatformSettings, VALUES)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__context__ is None
    assert (tmp_path / "secrets.key").read_text() == content


def test_a_home_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"secrets\.key can't be (read|written)"):
        Secrets(tmp_path / "file").seal(PlatformSettings, VALUES)


def test_others_who_may_read_the_key_file_are_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secrets = Secrets(tmp_path)
    secrets.seal(PlatformSettings, VALUES)
    assert caplog.text == ""
    (tmp_path / "secrets.key").chmod(0o644)
    secrets.seal(PlatformSettings, VALUES)
    assert "chmod 600" in caplog.text


def test_rotation(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    old = secrets.seal(PlatformSettings, VALUES)
    secrets.rotate()
    secrets.rotate()
    assert stat.S_IMODE((tmp_path / "secrets.key").stat().st_mode) == 0o600
    new = secrets.seal(PlatformSettings, VALUES)
    assert plain(secrets.open(PlatformSettings, old)) == plain(secrets.open(PlatformSettings, new))
    resealed = secrets.reseal(old)
    secrets.forget_old_keys()
    assert len((tmp_path / "secrets.key").read_text().split()) == 1
    assert (
        secrets.open(PlatformSettings, resealed)
        == secrets.open(PlatformSettings, new)
        == PlatformSettings(**VALUES)
    )
    with pytest.raises(SettingsError):
        secrets.open(PlatformSettings, old)


def test_many_at_once_make_one_key_and_lose_none(tmp_path: Path) -> None:
    sealed: list[str] = []

    def work() -> None:
        secrets = Secrets(tmp_path)
        sealed.append(secrets.seal(PlatformSettings, VALUES))
        secrets.rotate()
        sealed.append(secrets.seal(PlatformSettings, VALUES))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sealed) == 16
    assert len((tmp_path / "secrets.key").read_text().split()) == 9
    assert all(Secrets(tmp_path).open(PlatformSettings, one) == PlatformSettings(**VALUES) for one in sealed)


def test_masks_show_whether_a_secret_is_set_and_nothing_else() -> None:
    shown = masked(PlatformSettings(**VALUES))
    assert "hunter" not in json.dumps(shown)
    assert shown["token"] == shown["spare"] == shown["tokens"]["a"] == "••••"  # type: ignore[index]  # a dict as dumped
    assert (shown["address"], shown["folder"], shown["rate"]) == ("https://example.com/Grüße", "inbox", "2.25")
    empty = masked(PlatformSettings(address="x"))
    assert (empty["token"], empty["spare"]) == ("", None)
