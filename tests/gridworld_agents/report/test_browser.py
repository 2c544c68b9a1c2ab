"""The page in a real browser, with its network cut off."""

import contextlib
import dataclasses
import functools
import http.server
import os
import re
import shutil
import threading
import time

import pytest

from gridworld_agents.report.content import Cell, SortableTable
from gridworld_agents.report.page import render

pytest.importorskip("jinja2")
pytest.importorskip("plotly")
webdriver = pytest.importorskip("selenium.webdriver")
ui = pytest.importorskip("selenium.webdriver.support.ui")

pytestmark = pytest.mark.shown

CHROMIUM, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
if not (CHROMIUM and DRIVER):
    if os.environ.get("GRIDWORLD_TEST_BROWSER"):
        pytest.fail("GRIDWORLD_TEST_BROWSER is set, but there is no chromium and chromedriver", pytrace=False)
    pytest.skip("there is no chromium and chromedriver", allow_module_level=True)

PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,1000",
)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def page(chromium, content, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(render(content), encoding="utf-8")
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**PHONE, "width": 1200, "mobile": False})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    chromium.get(path.as_uri())
    wait_until(lambda: chromium.execute_script("return document.querySelectorAll('svg.main-svg').length") >= 4)
    yield chromium
    assert [entry["message"] for entry in chromium.get_log("browser")] == []


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def lines(page, chart=0):
    """Return the names and heights of the lines that a chart shows."""
    return page.execute_script(
        "const shown = document.querySelectorAll('.chart:not(.metric)')[arguments[0]]._fullData;"
        "return shown.filter((t) => t.visible === true && t.fill !== 'toself').map((t) => [t.name, t.y.length])",
        chart,
    )


def click(page, selector, i=0):
    page.execute_script("document.querySelectorAll(arguments[0])[arguments[1]].click()", selector, i)


def ground(page):
    return page.execute_script("return getComputedStyle(document.body).backgroundColor")


def test_it_loads_and_draws_every_chart(page, content):
    assert lines(page) == [[agent, 11] for agent in content.agents]
    assert lines(page, 3) == [[agent, 11] for agent in content.agents]
    assert page.execute_script("return document.querySelectorAll('.chart svg.main-svg').length") >= 4
    assert page.title == content.title


def test_metrics_are_drawn_when_their_fold_is_opened(page, content):
    drawn = "return document.querySelector('.chart.metric')._fullData?.map((line) => line.name) ?? []"
    assert page.execute_script(drawn) == []
    page.execute_script("document.querySelector('.chart.metric').closest('details').open = true")
    waiting = ui.WebDriverWait(page, 10)
    waiting.until(lambda page: content.agents[0] in page.execute_script(drawn))


def test_agents_are_toggled(page, content):
    click(page, "input[name=agent]", 1)
    assert lines(page) == [[content.agents[0], 11], [content.agents[2], 11]]
    assert [name for name, _ in lines(page, 1)] == [content.agents[0], content.agents[2]]
    click(page, "input[name=agent]", 1)
    assert len(lines(page)) == 3


def test_the_keyboard_toggles_too(page, content):
    page.execute_script("document.querySelector('input[name=agent]').focus()")
    page.switch_to.active_element.send_keys(" ")
    assert [name for name, _ in lines(page)] == content.agents[1:]


def test_axes_change(page):
    def axis(name):
        return page.execute_script(f"return document.querySelector('.chart')._fullLayout.{name}")

    assert axis("xaxis.title.text") == "steps of the environment"
    assert axis("yaxis.type") == "linear"
    click(page, "input[value=seconds]")
    click(page, "input[name=logarithmic]")
    assert axis("xaxis.title.text") == "seconds of learning"
    assert axis("yaxis.type") == "log"
    assert axis("xaxis.range[1]") < 12


def test_returns_are_joined_and_stand_beside_the_optimum(page):
    """Every other point is unknown: the line joins the rest. What is below 0 has no logarithm."""

    def chart(expression):
        return page.execute_script(
            f"const div = document.querySelectorAll('.chart:not(.metric)')[1]; return {expression}"
        )

    assert chart("div.querySelector('.scatterlayer .trace:last-child .js-line').getAttribute('d')").count("L") == 4
    assert chart("div._fullLayout.shapes.map((line) => [line.y0, line.y1])") == [[-0.25, -0.25]]
    assert chart("div._fullLayout.annotations.map((text) => text.text)") == ["known optimum"]
    click(page, "input[name=logarithmic]")
    assert chart("div._fullLayout.yaxis.type") == "linear"
    assert page.execute_script("return document.querySelector('.chart')._fullLayout.shapes") in ([], None)


def test_tables_sort_by_number(page):
    def column(i):
        return page.execute_script(
            "return [...document.querySelector('table').tBodies[0].rows].map((r) => r.cells[arguments[0]].textContent)",
            i,
        )

    click(page, "table thead button", 1)
    assert column(1) == ["9", "10", "100"]
    click(page, "table thead button", 1)
    assert column(1) == ["100", "10", "9"]
    click(page, "table thead button", 2)
    assert column(2) == ["20", "1,000", "never"]
    shown = page.execute_script("return [...document.querySelectorAll('table thead th')].map((h) => h.ariaSort)")
    assert shown[:3] == ["none", "none", "ascending"]


def test_it_is_dark_where_that_is_wished(page):
    light = ground(page)
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    )
    assert ground(page) != light
    wished = page.execute_script("return getComputedStyle(document.documentElement).getPropertyValue('--ink')")
    deadline = time.monotonic() + 10  # the page is told of the change by an event, some time later
    while time.monotonic() < deadline:
        ink = page.execute_script("return document.querySelector('.chart')._fullLayout.font.color")
        if ink == wished:
            break
    assert ink == wished


def test_nothing_is_wider_than_a_phone(page):
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    page.execute_script("window.dispatchEvent(new Event('resize'))")
    page.set_script_timeout(10)
    page.execute_async_script("const done = arguments[0]; setTimeout(done, 800)")
    assert page.execute_script("return document.documentElement.scrollWidth") <= PHONE["width"]


WIDE = SortableTable(
    caption="Every two agents on the same seeds",
    headings=["agents", "verdict", "difference", "95% interval (Holm)", "p (Holm)", "extra seeds needed (estimate)"],
    rows=[
        [
            Cell(text=text)
            for text in (
                "truncated-policy-iteration beside prioritized-sweeping",
                "not distinguishable: fewer than 5 seeds decide nothing",
                "-1,060",
                "-1,060 to -0.00312",
                "0.0123",
                "never",
            )
        ]
    ],
)


@pytest.mark.parametrize("width", [1280, 1000, 800, 700, 390])
def test_the_last_column_of_a_table_is_inside_the_page(chromium, content, tmp_path, width):
    path = tmp_path / "report.html"
    part = dataclasses.replace(content.environments[0], comparisons=WIDE)
    path.write_text(render(dataclasses.replace(content, environments=[part])), encoding="utf-8")
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    chromium.get(path.as_uri())
    right, most = chromium.execute_script(
        "const edges = [...document.querySelectorAll('td, th')].map((cell) => cell.getBoundingClientRect().right);"
        "return [Math.max(...edges), document.querySelector('main').getBoundingClientRect().right]"
    )
    assert right <= most + 1
    drawn = chromium.execute_script("return getComputedStyle(document.querySelector('td'), '::before').content")
    assert ("score" in drawn) == (width < 768)  # each value beside its heading, where rows are cards
    chromium.get_log("browser")


def test_pictures_stand_in_two_rows_with_captions_and_do_not_move_where_that_is_wished(page):
    captions = (
        "return [...document.querySelectorAll(arguments[0])].filter((c) => c.checkVisibility()).map((c) => c.innerText)"
    )
    assert page.execute_script(captions, ".pictures:not(.moving) figcaption") == ["q-learning", "sarsa"]
    assert page.execute_script(captions, ".moving figcaption") == ["q-learning"]
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    )
    assert page.execute_script(captions, ".moving figcaption") == []
    assert "less motion" in page.find_element("tag name", "main").text


STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"


@contextlib.contextmanager
def served(folder, policy):
    """Yield the address of a server that sends a content security policy with every page of a folder."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def end_headers(self):
            self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/report.html"
        finally:
            server.shutdown()
            thread.join()


def test_a_server_that_allows_no_inline_scripts_leaves_the_page_to_say_why(chromium, content, tmp_path):
    (tmp_path / "report.html").write_text(render(content), encoding="utf-8")
    with served(tmp_path, STRICT) as address:
        chromium.get(address)
        said = chromium.find_element("id", "no-curves").text
        body = chromium.find_element("tag name", "body").text
    assert chromium.find_elements("css selector", "svg.main-svg") == []
    assert "script-src 'sha256-" in said
    assert content.verdicts[0] in body
    chromium.get_log("browser")  # which tells what was blocked


def test_curves_are_drawn_where_a_server_allows_the_pages_scripts_by_their_hashes(chromium, content, tmp_path):
    """No 'unsafe-inline' for scripts, neither of the page nor of the server: what the page asks for is enough."""
    text = render(content)
    (tmp_path / "report.html").write_text(text, encoding="utf-8")
    allowed = re.search(r"script-src ([^;]*);", text)[1]
    assert "unsafe" not in allowed
    policy = f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"
    with served(tmp_path, policy) as at:
        chromium.get(at)
        wait_until(lambda: chromium.execute_script("return document.querySelectorAll('svg.main-svg').length") >= 4)
    assert chromium.find_elements("id", "no-curves") == []
    assert [entry["message"] for entry in chromium.get_log("browser")] == []


def test_a_script_that_is_no_part_of_the_page_does_not_run(chromium, content, tmp_path):
    (tmp_path / "report.html").write_text(
        render(content).replace("</main>", "<script>document.title = 'taken'</script></main>"), encoding="utf-8"
    )
    chromium.get((tmp_path / "report.html").as_uri())
    wait_until(lambda: chromium.execute_script("return document.querySelectorAll('svg.main-svg').length") >= 4)
    assert chromium.title == content.title
    assert any("Content Security Policy" in entry["message"] for entry in chromium.get_log("browser"))
