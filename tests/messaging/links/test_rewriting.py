"""Links are found as browsers find them, and nothing but them is changed."""

import time
from html import escape, unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.messaging.links.rewriting import as_attribute, inserted, split_html, split_text

HTML = """<html><head><title><a href="http://no.example"></title><style>a{content:'<a href="http://no.example">'}</style>
<!-- <a href="http://no.example"> --><!--[if !mso]><!--></head><body><A class=x HREF = 'https://a.example/?a=1&amp;b=2'
 title="<a href='http://no.example'>">Hi &amp; bye</A> <a href=https://b.example/x>b</a><p title=it's>
<a data-href="http://no.example" href=mailto:x@example.com>m</a><area href="//no.example"><abbr href="http://no.example">
<a href=" HTTPS://c.example/
x ">c</a><![if !mso]><a href="http://d.example" href="http://no.example">d</a><![endif]></body></html>"""


class Seen(HTMLParser):
    """What a reader sees, and where links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.shown, self.urls = "", list[str]()
        self.feed(text)
        self.close()

    def handle_data(self, data: str) -> None:
        self.shown += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.urls += [value or "" for name, value in attrs if name == "href"][:1]


def test_only_links_to_the_web_are_found_and_the_rest_stays() -> None:
    split = split_html(HTML)
    assert split.urls == [
        "https://a.example/?a=1&b=2", "https://b.example/x", "HTTPS://c.example/x", "http://d.example",
    ]  # fmt: skip
    assert split.joined({}) == HTML
    changed = split.joined({"https://b.example/x": "https://hub.example.com/l/t?a&b"}, as_attribute)
    assert changed == HTML.replace("https://b.example/x", '"https://hub.example.com/l/t?a&amp;b"')


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://x.example/?a&copy=1", "https://x.example/?a&copy=1"),  # as browsers have it in attributes
        ("https://x.example/?a&copy;=1", "https://x.example/?a©=1"),
        ("https://x.example/?a&#38;b&#x26;c", "https://x.example/?a&b&c"),
        ("https://x.example/?a&unknown;b", "https://x.example/?a&unknown;b"),
        ("&#104;ttps://x.example", "https://x.example"),
        ("\n https://x.exa\tmple \n", "https://x.example"),
    ],
)
def test_addresses_mean_what_browsers_take_them_for(written: str, meant: str) -> None:
    assert split_html(f'<a href="{written}">').urls == [meant]


def test_addresses_in_text_end_before_the_punctuation() -> None:
    text = "See https://a.example/x. Or (http://b.example/a_(b)), <https://c.example/?q=1!>, not xhttp://d.example"
    split = split_text(text)
    assert split.urls == ["https://a.example/x", "http://b.example/a_(b)", "https://c.example/?q=1"]
    assert split_text("(https://a.example/x)and [http://b.example]: no").urls == [
        "https://a.example/x",
        "http://b.example",
    ]
    assert split.joined({"https://a.example/x": "H"}) == text.replace("https://a.example/x", "H")


WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)
URLS = st.builds(
    "https://{}.example/{}?{}".format,
    st.sampled_from("abc"),
    st.sampled_from(["", "x", "ü"]),
    WORDS.map(str.strip),
)
PIECES = st.one_of(
    WORDS.map(escape),
    st.builds(lambda url, shown: f'<a title="&gt; >" href="{escape(url)}">{escape(shown)}</a>', URLS, WORDS),
    st.builds(lambda url: f"<A HREF='{escape(url)}'><b>x</b></A>", URLS),
    st.sampled_from(
        ["<p class=it's>", "<br/>", '<img alt="<a href=http://no.example>">', "<!-- <a href='http://x'> -->"]
    ),
)


@given(st.lists(PIECES, max_size=12))
def test_what_is_shown_stays_and_links_lead_where_they_led(pieces: list[str]) -> None:
    html = "".join(pieces)
    before = Seen(html)
    split = split_html(html)
    assert [unescape(url) for url in split.urls] == [unescape(url) for url in before.urls]
    others = {url: f"https://hub.example.com/l/{place}" for place, url in enumerate(split.urls)}
    after = Seen(split.joined(others, as_attribute))
    assert after.shown == before.shown
    back = {other: url for url, other in others.items()}
    assert [back[url] for url in after.urls] == split.urls


@given(st.text("<>ahref=\"'!-/ &;:tps.\n", max_size=200))
def test_whatever_it_is_nothing_is_lost(text: str) -> None:
    assert split_html(text).joined({}) == text
    assert split_text(text).joined({}) == text


@pytest.mark.parametrize(
    "part", ["<a ", '<a href="', "<!--", "<script>", "<a x", "&", "<a b = ", "https://)", "</body"]
)
def test_no_text_takes_long(part: str) -> None:
    text = part * (1_000_000 // len(part))
    began = time.perf_counter()
    split_html(text)
    split_text(text)
    assert time.perf_counter() - began < 5


def test_something_is_added_where_the_shown_ends() -> None:
    assert inserted("<body>a</BODY></html>", "+") == "<body>a+</BODY></html>"
    assert inserted("a", "+") == "a+"
