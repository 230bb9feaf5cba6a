"""The pages in a real browser: accessibility (axe), console, and a phone 360 pixels wide."""

import json
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_selenium_python import Axe
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.wait import WebDriverWait

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")

pytestmark = pytest.mark.xdist_group("workspace")

PAGES = [
    "/",
    "/ask",
    "/ask/who-works-on?theme=deinstitutionalisation&place=Romania",
    "/ask/who-presented?event=roundtable-2010",
    "/ask/who-works-on?theme=nothing-like-it",
    "/coverage",
    "/gaps",
    "/gaps/between?from=2010-05-12&to=2015-05-13&theme=deinstitutionalisation",
    "/id/gap/uncovered/deinstitutionalisation--RO",
    "/what-if?collaboration=RENINCO|Perspektiva",
    "/what-if/best?k=2&kind=not-collaborating",
    "/browse",
    "/browse/theme",
    "/about",
    "/docs",
    "/export",
    "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%209",
    "/id/organisation/unicef-armenia",
    "/id/organisation/open-university",
    "/id/theme/deinstitutionalisation",
    "/id/place/AM",
    "/id/talk/participatory-action-research",
    "/id/document/roundtable-2010",
    "/dataset",
    "/ns",
    "/ns/shapes",
    "/ns/Engagement",
    "/ns/org:unitOf?lang=ru",
]

DARK = [PAGES[2], "/coverage", "/gaps", "/id/theme/deinstitutionalisation", "/docs", "/dataset", "/ns/Engagement"]

#: As JSON, because the wrapper writes it into a script. This axe-core is older than HTML 5.2 and does not know of
#: <div> in <dl>; the place of <dt> and <dd> is checked by us.
OPTIONS = json.dumps({"rules": {"dlitem": {"enabled": False}}})


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    binary = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    if not binary or not driver:
        pytest.skip("no Chromium with its chromedriver is installed")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    profile = tmp_path_factory.mktemp("profile")
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    os.environ["SE_OFFLINE"] = "true"
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))
    yield chrome
    chrome.quit()


def width(browser: webdriver.Chrome, pixels: int) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": pixels, "height": 800, "deviceScaleFactor": 1, "mobile": pixels < 600},
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: webdriver.Chrome, roundtable_address: str, scheme: str) -> None:
    width(browser, 1280)
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    found: list[Any] = []
    # Dark differs in colours only, and every colour is on these.
    for path in PAGES if scheme == "light" else DARK:
        browser.get(roundtable_address + path)
        axe = Axe(browser)
        axe.inject()
        for violation in axe.run(options=OPTIONS)["violations"]:
            if violation["impact"] in ("serious", "critical"):
                nodes = [node["html"][:200] for node in violation["nodes"][:3]]
                found.append((path, violation["id"], nodes))
        stray = (
            "return [...document.querySelectorAll('dt,dd')].filter(e => !e.parentElement.matches('dl,dl>div')).length"
        )
        if browser.execute_script(stray):
            found.append((path, "dlitem", []))
    assert not found, json.dumps(found, indent=1)


def test_the_console_stays_silent(browser: webdriver.Chrome, roundtable_address: str) -> None:
    browser.get_log("browser")  # What other tests left there.
    for path in PAGES:
        browser.get(roundtable_address + path)
        # The browser itself notes a page that answers with 422; that is no fault of the page.
        complaints = [e for e in browser.get_log("browser") if "status of 422" not in e["message"]]
        assert not complaints, (path, complaints)


def test_no_page_scrolls_sideways_on_a_phone(browser: webdriver.Chrome, roundtable_address: str) -> None:
    width(browser, 360)
    wide = {}
    for path in PAGES:
        browser.get(roundtable_address + path)
        inner = browser.execute_script("return document.documentElement.scrollWidth")
        if inner > 360:
            wide[path] = inner
    assert not wide
    width(browser, 1280)


def test_the_one_box_leads_to_the_answer(browser: webdriver.Chrome, roundtable_address: str) -> None:
    width(browser, 1280)
    browser.get(roundtable_address + "/")
    browser.find_element(By.ID, "theme").send_keys("deinstitutionalisation")
    browser.find_element(By.ID, "place").send_keys("Armenia")
    browser.find_element(By.CSS_SELECTOR, "form.box button").click()
    # A click returns before the page that it leads to is there, if the machine is busy.
    wait = WebDriverWait(browser, 20)
    wait.until(expected.url_contains("/ask/who-works-on?theme=deinstitutionalisation&place=Armenia"))
    wait.until(expected.text_to_be_present_in_element((By.CSS_SELECTOR, ".row.stated h3"), "UNICEF Armenia"))
    browser.find_element(By.CSS_SELECTOR, ".about-answer summary").click()
    browser.find_element(By.CSS_SELECTOR, ".about-answer details a, .about-answer details button").click()
    wait.until(expected.url_contains("/sparql"))
    wait.until(expected.text_to_be_present_in_element((By.CSS_SELECTOR, "table"), "UNICEF Armenia"))


def test_the_style_sheet_is_loaded_under_the_policy(browser: webdriver.Chrome, roundtable_address: str) -> None:
    browser.get(roundtable_address + "/")
    rules = browser.execute_script("return [...document.styleSheets].map(s => s.cssRules.length)")
    assert len(rules) == 1
    assert rules[0] > 50
    with pytest.raises(WebDriverException):
        browser.execute_script(
            "const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
            "document.head.append(s); if (!window.ran) throw new Error('refused')"
        )
