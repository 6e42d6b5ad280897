"""Definitions that are wrong, large, or in any script, at every operation that takes one."""

from typing import Any

import httpx
import pytest

TAKES = ["/segments/count", "/dashboard", "/members", "/tags/count", "/customers/1/explain"]


def nested(levels: int) -> str:
    """As it travels: Python itself would not write so deep a tree."""
    return '{"any_of": [' * levels + '{"all_of": []}' + "]}" * levels


@pytest.mark.parametrize("path", TAKES)
@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"criterion": "ordrs"}, "there is no criterion"),
        ({"criterion": "orders", "parameters": {"number": {"at_least": "three"}}}, "`orders`"),
        ({"criterion": "orders", "parameters": {"number": {"between": [4, 2]}}}, "`orders`"),
        ({"criterion": "last_purchase", "parameters": {"when": {"on": "2026-02-30"}}}, "`last_purchase`"),
        ({"criterion": "segment", "parameters": {"name": "Nowhere"}}, "Nowhere"),
        ({"any_of": [{"all_of": []}] * 1_001}, "too large"),
    ],
)
def test_a_wrong_definition_is_told_and_how_to_mend_it(
    api: httpx.Client, path: str, definition: Any, said: str
) -> None:
    answer = api.post(path, json={"definition": definition})
    assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (422, "definition")
    assert said.lower() in answer.json()["detail"].lower()


@pytest.mark.parametrize("path", TAKES)
def test_a_definition_500_levels_deep(api: httpx.Client, path: str) -> None:
    content = f'{{"definition": {nested(500)}}}'
    answer = api.post(path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert "nested too deeply" in answer.json()["detail"]


@pytest.mark.parametrize(
    "text",
    [
        "orders >= three",
        "last_purchase on 2026-02-30",
        "(" * 500 + "everyone" + ")" * 500,
        "orders between 4 and 2",
    ],
)
@pytest.mark.parametrize("path", TAKES)
def test_a_wrong_text_is_told_with_its_place(api: httpx.Client, path: str, text: str) -> None:
    answer = api.post(path, json={"text": text})
    assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (422, "definition")
    assert answer.json()["place"]["line"] == 1


def test_ten_thousand_tags(api: httpx.Client) -> None:
    tags = [f"tag {number}" for number in range(10_000)]
    definition = {"criterion": "tag", "parameters": {"tags": {"none_of": tags}}}
    found = api.post("/segments/count", json={"definition": definition})
    assert found.status_code == 200, found.text[:500]
    assert found.json()["size"] == 60


@pytest.mark.parametrize(
    "word", ["Ω", "café", "cafe\u0301", "名前", "עברית", "🎭", "a\u202eb", "' OR 1=1 --", "%_"]
)
def test_any_script(api: httpx.Client, word: str) -> None:
    made = api.post("/segments", json={"name": f"{word} {word!a}", "text": f'tag "{word}"'})
    assert made.status_code == 201, made.text
    tagged = api.post("/tags/add", json={"tag": word, "text": "orders = 4"}).json()
    assert tagged["changed"] == 12
    assert api.get(f"/segments/{made.json()['id']}/members").json()["size"] == 12
    assert api.get("/customers", params={"search": word}).json()["found"] == 0
