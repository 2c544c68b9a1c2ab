"""The page's text: all that is said is there, escaped, and nothing is fetched."""

import base64
import hashlib
import html.parser
import json
import re

import pytest

from gridworld_agents.report.page import render

pytest.importorskip("jinja2")
pytest.importorskip("plotly")


class Reader(html.parser.HTMLParser):
    """Collects elements, and texts outside of scripts and styles."""

    def __init__(self):
        super().__init__()
        self.elements, self.texts, self.inside = [], [], []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.texts.append(data)


@pytest.fixture
def page(content):
    return render(content)


@pytest.fixture
def read(page):
    reader = Reader()
    reader.feed(page)
    return reader


def test_all_that_is_said_is_there(content, read):
    text = " ".join(" ".join(read.texts).split())
    for said in (
        *content.verdicts,
        *content.methods,
        content.summary,
        content.command,
        "1 run failed and is left out of every figure",
        "</script><b>no</b>",
        "acme/<b>odd</b> & 'quoted'",
    ):
        assert said in text
    assert content.title in read.texts


def test_nothing_is_fetched(page, read):
    for tag, attributes in read.elements:
        for name in ("src", "href", "srcset"):
            address = attributes.get(name, "")
            assert not address or address.startswith(("data:", "#")), (tag, address)
    policy = next(attrs for tag, attrs in read.elements if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"].startswith("default-src 'none'")
    assert "connect-src" not in policy["content"]
    assert "@import" not in page[: page.index("</style>")]


def test_it_can_be_used_without_eyes_or_mouse(read):
    tags = [tag for tag, _ in read.elements]
    images = [attrs for tag, attrs in read.elements if tag == "img"]
    assert images
    assert all(attrs.get("alt") for attrs in images)
    charts = [attrs for _, attrs in read.elements if "chart" in attrs.get("class", "").split()]
    assert len(charts) == 5  # two environments, a metric of one, an aggregate, profiles
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in charts)
    assert ("html", {"lang": "en"}) in read.elements
    assert tags.count("h1") == 1
    assert tags.count("main") == 1
    ids = [attrs["id"] for _, attrs in read.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {attrs["href"][1:] for tag, attrs in read.elements if tag == "a"}
    assert targets <= set(ids)


def test_the_charts_get_their_numbers_as_json(content, page):
    found = re.search(r'<script id="charts" type="application/json">(.*?)</script>', page, re.DOTALL).group(1)
    assert json.loads(found, parse_constant=pytest.fail) == json.loads(json.dumps(content.charts()))


def test_its_own_scripts_are_allowed_by_their_hashes_and_no_others(page, read):
    (policy,) = (
        attrs["content"] for tag, attrs in read.elements if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    (allowed,) = (part.split()[1:] for part in policy.split(";") if part.split()[0] == "script-src")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 2
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert allowed == [f"'sha256-{one}'" for one in hashes]
