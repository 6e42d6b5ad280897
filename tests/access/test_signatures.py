"""Tokens in customers' addresses: read back, refused when changed or for something else, kept over new keys."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.access.key_file import KeyFile
from hub.core.access.signatures import Purpose, Signatures
from hub.core.contracts.errors import NotFound


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=3))
def test_numbers_come_back(home: Path, numbers: list[int]) -> None:
    token = Signatures(home).sign(Purpose.CLICK, *numbers)
    assert Signatures(home).read(Purpose.CLICK, token) == tuple(numbers)


def test_a_token_is_short_enough_for_a_header(home: Path) -> None:
    assert len(Signatures(home).sign(Purpose.UNSUBSCRIBE, 2**31)) < 40


@pytest.mark.parametrize("token", ["", ".", "a", "a.b", "ä", "1" * 300, "1.\N{SNOWMAN}"])
def test_what_is_no_token_is_refused(home: Path, token: str) -> None:
    with pytest.raises(NotFound, match="not valid"):
        Signatures(home).read(Purpose.OPEN, token)


def test_a_changed_token_and_one_for_something_else_are_refused(home: Path) -> None:
    signatures = Signatures(home)
    token = signatures.sign(Purpose.UNSUBSCRIBE, 17)
    with pytest.raises(NotFound):
        signatures.read(Purpose.CLICK, token)
    with pytest.raises(NotFound):
        signatures.read(Purpose.UNSUBSCRIBE, "i" + token[1:])


def test_a_token_outlives_a_new_key_until_its_own_is_dropped(tmp_path: Path) -> None:
    token = Signatures(tmp_path).sign(Purpose.OPEN, 5)
    KeyFile(tmp_path).add()
    assert Signatures(tmp_path).read(Purpose.OPEN, token) == (5,)
    assert Signatures(tmp_path).sign(Purpose.OPEN, 5) != token
    KeyFile(tmp_path).keep_newest()
    with pytest.raises(NotFound):
        Signatures(tmp_path).read(Purpose.OPEN, token)
