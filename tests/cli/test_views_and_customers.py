"""``hub view``, ``customer``, ``criterion``, and tags on all customers of a segment."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.testing.platforms.viber import ViberServer

Run = Callable[..., Any]


def test_a_view_is_saved_used_changed_and_forgotten(run: Run, home: Path) -> None:
    made = run("view", "create", "Buyers", "Из Берлина", 'city = "Berlin"', "--json").data
    assert (made["name"], made["size"], made["text"]) == ("Из Берлина", 2, 'city in ("Berlin")')
    assert run("segment", "count", "Buyers", "--view", "из берлина").out == "2\n"
    assert run("segment", "show", "Buyers", "--json").data["views"] == ["Из Берлина"]
    shown = run("segment", "dashboard", "Buyers", "--view", "Из Берлина", "--json").data
    assert (shown["size"], shown["base_size"], shown["text"]) == (2, 3, 'city in ("Berlin")')
    assert run("segment", "export", "Buyers", "-", "--view", "Из Берлина").out.count("\n") == 3
    run("view", "change", "Buyers", "Из Берлина", "--name", "Berlin", "--text", "nobody")
    assert run("view", "show", "Buyers", "berlin", "--json").data["size"] == 0
    assert run("view", "list", "Buyers").out.splitlines()[1].split() == ["Berlin", "nobody"]
    run("view", "remove", "Buyers", "Berlin")
    assert run("view", "list", "Buyers", "--json").data == []


def test_a_view_whose_criterion_is_gone_says_so_and_can_be_renamed(run: Run, home: Path) -> None:
    run("view", "create", "Buyers", "Rich", "revenue > 100")
    with sqlite3.connect(home / "hub.sqlite") as store:
        store.execute("UPDATE views SET definition = replace(definition, 'revenue', 'zodiac')")
    store.close()
    assert "zodiac" in run("view", "show", "Buyers", "Rich", code=1).err
    changed = run("view", "change", "Buyers", "Rich", "--name", "Stars", "--json").data
    assert (changed["name"], changed["size"], changed["text"]) == ("Stars", None, "")
    assert "zodiac" in run("view", "list", "Buyers").out


def test_what_a_view_can_not_be_is_told(run: Run, home: Path) -> None:
    run("view", "create", "Buyers", "Rich", "revenue > 100")
    for words, code, said in (
        (("create", "Buyers", "RICH", "everyone"), 1, "Rich"),
        (("create", "Buyers", "Y", "revenue between 9 and 3"), 1, "range is reversed"),
        (("create", "Nope", "Y", "everyone"), 1, "there is no segment 'Nope'"),
        (("show", "Regulars", "Rich"), 1, "Rich"),
        (("change", "Buyers", "Rich"), 2, "--name"),
    ):
        assert said in run("view", *words, code=code).err
    assert "only a segment has views" in run("segment", "count", "everyone", "--view", "Rich", code=2).err


def test_members_are_sorted_searched_and_paged(run: Run, home: Path) -> None:
    def pages(*words: str) -> list[str]:
        found: list[str] = []
        after: tuple[str, ...] = ()
        while True:
            page = run(*words, "--limit", "1", *after, "--json").data
            found += [one["external_id"] for one in page["members"]]
            if page["next"] is None:
                return found
            after = ("--after", page["next"])

    assert pages("segment", "members", "Buyers", "--sort", "revenue", "--descending") == ["1", "2", "3"]
    assert pages("customer", "list", "--sort", "city") == ["1", "3", "4", "2"]
    assert pages("customer", "list", "--search", "BERLIN") == ["1", "3"]
    found = run("customer", "list", "--search", "cleo, c", "--json").data
    assert ([one["email"] for one in found["members"]], found["found"]) == (["cleo@example.com"], 1)


@pytest.mark.parametrize("place", ["0x1", "W10", "-1", "é", "99999999999", "WyJuYW1lIiwgMSwgMV0"])
def test_a_place_that_no_list_gave_is_wrong_usage(run: Run, home: Path, place: str) -> None:
    for order in ("number", "name"):
        words = ("--sort", order, f"--after={place}")
        assert "--after" in run("segment", "members", "Buyers", *words, code=2).err
    assert "none of number, name" in run("customer", "list", "--sort", "shoe size", code=2).err


def test_tags_come_on_and_off_all_customers_at_once(run: Run, home: Path) -> None:
    assert run("segment", "tag", "Buyers", "premiere").out == "'premiere' was put on 3 of 3 customers.\n"
    assert run("segment", "tag", "Regulars", "premiere", "--json").data["changed"] == 0
    (counted,) = run("segment", "tags", "Regulars", "--json").data["tags"]
    assert counted == {"tag": "premiere", "among": 1, "in_all": 3}
    run("view", "create", "Buyers", "Berlin", 'city = "Berlin"')
    assert run("segment", "untag", "Buyers", "premiere", "--view", "Berlin", "--json").data["changed"] == 2
    assert run("segment", "count", 'tag "premiere"').out == "1\n"
    assert "Error" in run("segment", "tag", "Buyers", " ", code=1).err


def test_one_customer_is_shown_whole(run: Run, home: Path) -> None:
    shown = run("customer", "show", "--id", "1", "--json").data
    assert (shown["number"], shown["revenue"], shown["born_on"]) == (1, "186.50", "1980-02-29")
    assert [one["name"] for one in shown["segments"]] == ["Buyers", "Regulars"]
    assert [(one["id"], one["total"]) for one in shown["newest_orders"]] == [
        ("c", "42.50"),
        ("b", "84.00"),
        ("a", "60.00"),
    ]
    said = run("customer", "show", "1", "--orders", "1").out
    assert "bought:         3 orders, 3 tickets, 186.50 EUR\n" in said
    assert "2024-06-21 09:30  c      paid    42.50 EUR" in said
    assert "2024-02-17" not in said
    assert "there is no customer 99" in run("customer", "show", "99", code=1).err


def test_every_criterion_is_told_with_examples_that_are_understood(run: Run, home: Path) -> None:
    listed = {one["name"]: one for one in run("criterion", "list", "--json").data}
    assert {"orders", "tag", "segment", "distance"} <= listed.keys()
    assert [name for name, one in listed.items() if not one["examples"] or not one["help"]] == []
    examples = [text for one in listed.values() for text in one["examples"] if one["name"] != "segment"]
    assert run("segment", "count", " or ".join(f"({text})" for text in examples)).out == "4\n"
    said = run("criterion", "show", "orders.count").out
    assert said.startswith("orders: Orders\n")
    assert "  orders >= 3\n" in said
    assert "did you mean `orders`?" in run("criterion", "show", "ordes", code=1).err


def test_links_into_conversations_are_shown_or_why_there_are_none(run: Run, home: Path) -> None:
    told = run("customer", "chat-links", "1", "--json").data
    assert [(one["channel"], one["url"]) for one in told["items"]] == [("messenger", None), ("viber", None)]
    assert "Good until" not in run("customer", "chat-links", "1").out
    with ViberServer("invented") as server:
        run("connect", "viber", "bot", "--set", "auth_token=invented", "--set", "sender_name=Theatre", "--set",
            "bot_uri=theatre", "--set", f"base_url={server.url}")  # fmt: skip
        seen = run("customer", "chat-links", "1").out
        assert "\nviber: viber://pa?chatURI=theatre&context=" in seen
        assert "\nGood until " in seen
        url = run("customer", "chat-links", "1", "--json").data["items"][1]["url"]
        assert url in seen
    assert "there is no customer" in run("customer", "chat-links", "999", code=1).err
