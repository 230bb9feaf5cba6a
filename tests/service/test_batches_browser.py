"""The pages of batches in a real browser: a person signs in, brings a file, decides; axe, console, and a phone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_selenium_python import Axe
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.wait import WebDriverWait

from service.tokens import Role
from tests.graph.batches.conftest import ENGAGEMENTS, ORGANISATIONS
from tests.service.test_batches import FAULTY, Service, reference_service
from tests.service.test_browser import OPTIONS, browser, width

__all__ = ["browser"]

pytestmark = pytest.mark.xdist_group("workspace")

#: A folder to keep pictures of the pages in, for people who change them.
PICTURES = os.environ.get("COMMONGROUND_PICTURES")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with reference_service(tmp_path_factory.mktemp("batches-browser")) as service:
        with service.client() as curator, service.client(Role.CONTRIBUTE) as author:
            first = service.bring(curator, "Partner houses", organisations=ORGANISATIONS, engagements=ENGAGEMENTS)
            curator.post(f"/batches/{first['id']}/accept")
            service.bring(curator, "Faulty sheet", organisations=ORGANISATIONS, engagements=FAULTY)
            service.bring(author, "A contribution", organisations=ORGANISATIONS.replace("house", "mill"))
            less = ORGANISATIONS.replace("Red House", "Red Roof").replace("blue-house,Blue House,organisation\n", "")
            service.bring(curator, "Partner houses", organisations=less)
        yield service


def sign_in(browser: webdriver.Chrome, service: Service) -> None:
    browser.delete_all_cookies()
    browser.get(service.address + "/batches")
    browser.find_element(By.ID, "token").send_keys(service.tokens[Role.CURATE])
    browser.find_element(By.CSS_SELECTOR, "form.box button").click()
    WebDriverWait(browser, 20).until(expected.presence_of_element_located((By.ID, "files")))


def pages(service: Service) -> dict[str, str]:
    with service.client() as curator:
        found = {f"batch-{one['state']}": f"/batches/{one['id']}" for one in curator.get("/batches").json()["batches"]}
        graph = "https://w3id.org/commonground/id/source/partner-houses"
    return {
        "list": "/batches",
        "source": "/batches?source=partner-houses",
        **found,
        "history": f"/ask/history-of?record={graph}",
    }


def picture(browser: webdriver.Chrome, name: str) -> None:
    if PICTURES:
        height = browser.execute_script("return document.documentElement.scrollHeight")
        metrics = {"width": browser.execute_script("return innerWidth"), "height": min(height, 4000)}
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {**metrics, "deviceScaleFactor": 1, "mobile": False}
        )
        browser.save_screenshot(str(Path(PICTURES) / f"{name}.png"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: webdriver.Chrome, served: Service, scheme: str) -> None:
    width(browser, 1280)
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    browser.delete_all_cookies()
    found: list[Any] = []

    def look(name: str, path: str) -> None:
        browser.get(served.address + path)
        axe = Axe(browser)
        axe.inject()
        for violation in axe.run(options=OPTIONS)["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found.append((path, violation["id"], [node["html"][:200] for node in violation["nodes"][:3]]))
        picture(browser, f"{scheme}-{name}")
        width(browser, 1280)

    look("sign-in", "/sign-in")
    sign_in(browser, served)
    for name, path in pages(served).items():
        look(name, path)
    assert not found, json.dumps(found, indent=1)


def test_no_page_scrolls_sideways_on_a_phone_and_the_console_stays_silent(
    browser: webdriver.Chrome, served: Service
) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "light"}]}
    )
    sign_in(browser, served)
    browser.get_log("browser")
    wide = {}
    for name, path in pages(served).items():
        width(browser, 360)
        browser.get(served.address + path)
        inner = browser.execute_script("return document.documentElement.scrollWidth")
        if inner > 360:
            wide[path] = inner
        complaints = browser.get_log("browser")
        assert not complaints, (path, complaints)
        picture(browser, f"phone-{name}")
    assert not wide
    width(browser, 1280)


def test_a_person_brings_a_file_sees_what_it_changes_and_accepts(
    browser: webdriver.Chrome, served: Service, tmp_path: Path
) -> None:
    table = tmp_path / "organisations.csv"
    table.write_text(ORGANISATIONS.replace("house", "barn").replace("House", "Barn"), encoding="utf-8")
    width(browser, 1280)
    sign_in(browser, served)
    browser.find_element(By.ID, "files").send_keys(str(table))
    browser.find_element(By.ID, "source").send_keys("Barns")
    browser.find_element(By.XPATH, "//button[contains(., 'See what it would change')]").click()
    wait = WebDriverWait(browser, 30)
    # Where a job takes longer the page refreshes itself.
    accept = wait.until(expected.element_to_be_clickable((By.XPATH, "//button[starts-with(., 'Accept')]")))
    assert "Blue Barn" in browser.page_source
    accept.click()
    wait.until(expected.element_to_be_clickable((By.XPATH, "//button[contains(., 'Withdraw')]"))).click()
    wait.until(expected.text_to_be_present_in_element((By.CSS_SELECTOR, ".badge"), "Withdrawn"))
    browser.find_element(By.LINK_TEXT, "Bring data").click()
    wait.until(expected.element_to_be_clickable((By.XPATH, "//button[contains(., 'Sign out')]"))).click()
    wait.until(expected.url_to_be(served.address + "/"))
    browser.get(served.address + "/batches")
    assert browser.find_element(By.ID, "token")
