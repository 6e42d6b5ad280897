"""Each change of a consent text is a version of its own."""

import threading
from datetime import timedelta

import pytest

from hub import UserError
from hub.core.consents.texts import LONGEST_TEXT, channels_of
from hub.core.contracts.errors import NotFound
from tests.consents.shop import EMAIL, NOON, PHONE, SMS, Shop


def test_the_first_version_asks_for_email_alone(shop: Shop) -> None:
    text = shop.texts.publish("newsletter", "  May we write to you?\r\nOften? ")
    assert (text.version, text.channels, text.double_opt_in) == (1, "email", False)
    assert (text.text, text.created_at) == ("May we write to you?\nOften?", NOON)


def test_every_change_is_another_version_and_no_change_is_none(shop: Shop) -> None:
    first = shop.texts.publish("newsletter", "Words")
    shop.now += timedelta(days=1)
    assert shop.texts.publish("newsletter", "Words ") == first
    second = shop.texts.publish("newsletter", "Words", [EMAIL, SMS])
    assert shop.texts.publish("newsletter", "Words", [EMAIL, SMS]) == second
    third = shop.texts.publish("newsletter", "Words", double_opt_in=True)
    assert (channels_of(third), third.double_opt_in) == ([EMAIL, SMS], True)
    fourth = shop.texts.publish("newsletter", "Other words")
    fifth = shop.texts.publish("newsletter", "Other words", [SMS])
    assert (channels_of(fifth), fifth.double_opt_in, fifth.text) == ([SMS], True, "Other words")
    assert shop.texts.versions("newsletter") == [fifth, fourth, third, second, first]
    assert shop.texts.current("newsletter") == fifth
    assert shop.texts.version("newsletter", 2) == second
    with pytest.raises(UserError, match="must ask for a channel"):
        shop.texts.publish("newsletter", "Other words", [])
    assert shop.texts.publish("partners", "Words", [PHONE, EMAIL]).version == 1
    assert [(text.permission, text.version, text.channels) for text in shop.texts.all()] == [
        ("newsletter", 5, "sms"),
        ("partners", 1, "email,phone"),
    ]


@pytest.mark.parametrize(
    ("permission", "text", "said"),
    [
        ("newsletter", " \n ", "not empty"),
        ("newsletter", "x" * (LONGEST_TEXT + 1), "at most 20,000 characters"),
        ("newsletter", "A\0", "leave out half characters"),
        (" ", "Words", "a permission's name has 1 to 200"),
        ("a\nb", "Words", "a permission's name is one line"),
    ],
)
def test_what_can_not_be_published_is_told(shop: Shop, permission: str, text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        shop.texts.publish(permission, text)
    assert shop.texts.all() == []
    with pytest.raises(NotFound, match="there is no consent text for"):
        shop.texts.current(permission)


def test_texts_that_are_published_at_once_get_versions_of_their_own(shop: Shop) -> None:
    errors: list[BaseException] = []

    def publish(words: str) -> None:
        try:
            shop.texts.publish("newsletter", words)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test is told
            errors.append(error)

    threads = [threading.Thread(target=publish, args=(f"Words {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # On PostgreSQL the very first version has nothing to queue behind but the organisation's row.
    assert errors == []
    assert sorted(text.version for text in shop.texts.versions("newsletter")) == [1, 2, 3, 4]
