"""Choosing a format by the Accept header."""

import pytest

from service.negotiation import choose, quality, wants_page

OFFERS = ["application/json", "text/csv", "text/turtle"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/*", "text/csv"),
        ("text/*;q=0.5, text/turtle", "text/turtle"),
        ("application/json;q=0.2, text/csv;q=0.8", "text/csv"),
        ("application/json;q=0, */*", "text/csv"),
        ("text/csv; header=present; q=0.9, application/json;q=0.1", "text/csv"),
        ("image/png", None),
        ("text/csv;q=0", None),
        ("nonsense", None),
        ("text/csv;q=much", None),
    ],
)
def test_the_most_wanted_offer_is_chosen(accept: str | None, expected: str | None) -> None:
    assert choose(accept, OFFERS) == expected


def test_the_most_precise_range_counts() -> None:
    assert quality("text/*;q=0.3, text/csv;q=0.7, */*;q=0.1", "text/csv") == 0.7
    assert quality("text/*;q=0.3, text/csv;q=0.7, */*;q=0.1", "text/html") == 0.3
    assert quality("text/*;q=0.3, text/csv;q=0.7, */*;q=0.1", "image/png") == 0.1


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("*/*", False),
        (None, False),
        ("application/json, text/html;q=0.5", False),
        ("text/*", False),
    ],
)
def test_a_page_is_for_who_names_html(accept: str | None, expected: bool) -> None:
    assert wants_page(accept) is expected
