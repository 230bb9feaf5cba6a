"""Statements in a real browser: from a gap to the form, warned, recorded, withdrawn; axe, console, and a phone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_selenium_python import Axe
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.wait import WebDriverWait

from service.tokens import Role
from tests.service.test_batches import Service, reference_service
from tests.service.test_batches_browser import picture
from tests.service.test_browser import OPTIONS, browser, width
from tests.service.test_statements import ENGAGEMENTS, ORGANISATIONS

__all__ = ["browser"]

pytestmark = pytest.mark.xdist_group("workspace")

ADDRESSES = {
    "statements": "/statements",
    "confirm": "/statements?say=confirm&organisation=Blue+House",
    "russian": "/statements?say=complete&place=GE&lang=ru",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with reference_service(tmp_path_factory.mktemp("statements-browser")) as service:
        with service.client() as curator:
            batch = service.bring(curator, organisations=ORGANISATIONS, engagements=ENGAGEMENTS)
            curator.post(f"/batches/{batch['id']}/accept").raise_for_status()
            said = {"who": "Ana", "note": "By phone.", "source": "https://example.org/" + "a" * 120}
            cell = {"theme": "Teacher training", "place": "Albania", "day": "2019"}
            made = curator.post("/statements", json={**said, **cell, "say": "absence"}).json()
            curator.post(f"/statements/{made['id']}/withdraw").raise_for_status()
            curator.post("/statements", json={**said, **cell, "say": "not-needed"}).raise_for_status()
        yield service


def sign_in(browser: webdriver.Chrome, service: Service, after: str = "/statements") -> None:
    browser.delete_all_cookies()
    browser.get(f"{service.address}/sign-in?after={after}")
    browser.find_element(By.ID, "token").send_keys(service.tokens[Role.CURATE])
    browser.find_element(By.CSS_SELECTOR, "form.box button").click()
    WebDriverWait(browser, 20).until(expected.presence_of_element_located((By.ID, "who")))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: webdriver.Chrome, served: Service, scheme: str) -> None:
    width(browser, 1280)
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    found: list[Any] = []
    sign_in(browser, served)
    for name, path in ADDRESSES.items():
        browser.get(served.address + path)
        axe = Axe(browser)
        axe.inject()
        for violation in axe.run(options=OPTIONS)["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found.append((path, violation["id"], [node["html"][:200] for node in violation["nodes"][:3]]))
        picture(browser, f"{scheme}-{name}")
        width(browser, 1280)
    assert not found, json.dumps(found, indent=1)


def test_no_page_scrolls_sideways_on_a_phone_and_the_console_stays_silent(
    browser: webdriver.Chrome, served: Service
) -> None:
    sign_in(browser, served)
    browser.get_log("browser")
    for name, path in ADDRESSES.items():
        width(browser, 360)
        browser.get(served.address + path)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 360, path
        assert not browser.get_log("browser"), path
        picture(browser, f"phone-{name}")
    width(browser, 1280)


def test_a_person_comes_from_a_gap_is_warned_records_and_withdraws(browser: webdriver.Chrome, served: Service) -> None:
    width(browser, 1280)
    sign_in(browser, served)
    wait = WebDriverWait(browser, 30)
    browser.get(served.address + "/ask/who-works-on?theme=inclusive-education&place=GE")
    browser.find_element(By.PARTIAL_LINK_TEXT, "Somebody told you more").click()
    wait.until(expected.presence_of_element_located((By.ID, "who"))).send_keys("Ana")
    assert browser.find_element(By.ID, "place").get_attribute("value") == "Georgia"
    browser.find_element(By.ID, "day").send_keys("2020-01")
    browser.find_element(By.XPATH, "//button[.='Record it']").click()
    warned = wait.until(expected.presence_of_element_located((By.ID, "cautions")))
    assert "Blue House" in warned.text
    picture(browser, "warned")
    width(browser, 1280)
    browser.find_element(By.XPATH, "//button[.='Record it all the same']").click()
    wait.until(expected.url_contains("#"))
    card = browser.find_element(By.ID, browser.current_url.partition("#")[2])
    assert "Georgia" in card.text
    card.find_element(By.XPATH, ".//button[starts-with(., 'Withdraw')]").click()
    wait.until(expected.staleness_of(card))
    card = browser.find_element(By.ID, browser.current_url.partition("#")[2])
    assert "Withdrawn" in card.text
    browser.get(served.address + "/gaps?theme=teacher-training&place=AM")
    browser.find_element(By.PARTIAL_LINK_TEXT, "Somebody told you that nobody").click()
    wait.until(expected.presence_of_element_located((By.ID, "theme")))
    assert browser.find_element(By.ID, "theme").get_attribute("value") == "Teacher training"
