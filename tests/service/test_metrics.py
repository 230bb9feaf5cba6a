"""/metrics: Prometheus can read it, it counts what happened, and not everybody may look."""

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from service.metrics import DiskUse, Family, Metrics, engine_families
from service.tokens import Role, TokenBook
from tests.service.conftest import example_store, serving
from tests.service.raw import exchange
from tests.service.test_access import NOW

SAMPLE = re.compile(r'^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\d[0-9.e+]*)$')


def samples(text: str) -> dict[str, float]:
    """Name with labels -> value; fails where a line is not of the format, or a name has no type."""
    assert text.endswith("\n")
    typed = set(re.findall(r"^# TYPE (\S+) (?:counter|gauge|histogram)$", text, re.MULTILINE))
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            assert re.match(r"^# (HELP|TYPE) [a-z_]+ .+$", line), line
            continue
        match = SAMPLE.match(line)
        assert match, line
        assert match[1] in typed or re.sub("_(bucket|sum|count)$", "", match[1]) in typed, line
        key = match[1] + (match[2] or "")
        assert key not in found, line
        found[key] = float(match[3])
    return found


def test_requests_are_counted_by_route_not_by_path() -> None:
    with serving(example_store()) as url, httpx.Client(base_url=url, timeout=30) as client:
        for number in range(20):
            client.get(f"/nothing/{number}")
            client.get(f"/id/theme/none-{number}")
        client.get("/static/style.css")
        client.get("/sparql", params={"query": "nonsense"})
        exchange(url, b"BREW / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        response = client.get("/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = samples(response.text)
    total = "commonground_requests_total"
    assert found[total + '{route="other",method="GET",status="404"}'] == 20
    assert found[total + '{route="/sparql",method="GET",status="400"}'] == 1
    assert found[total + '{route="/static",method="GET",status="200"}'] == 1
    assert sum(value for key, value in found.items() if key.startswith(total) and "/id/" in key) == 20
    assert any('method="other"' in key for key in found)
    assert found["commonground_requests_under_way"] == 1
    assert found["commonground_generation"] == 2
    assert len([key for key in found if key.startswith(total)]) < 10


def test_durations_are_a_histogram() -> None:
    metrics = Metrics()
    for seconds in (0.001, 0.005, 0.3, 100):
        metrics.seen("/x", "GET", 200, seconds)
    found = samples(metrics.text([]))
    name = "commonground_request_seconds"
    assert found[f'{name}_bucket{{route="/x",le="0.005"}}'] == 2
    assert found[f'{name}_bucket{{route="/x",le="0.5"}}'] == 3
    assert found[f'{name}_bucket{{route="/x",le="60.0"}}'] == 3
    assert found[f'{name}_bucket{{route="/x",le="+Inf"}}'] == found[f'{name}_count{{route="/x"}}'] == 4
    assert found[f'{name}_sum{{route="/x"}}'] == pytest.approx(100.306)


def test_large_numbers_and_odd_labels_are_written_whole() -> None:
    family = Family("a_b", "counter", "About.", (({"x": 'q"b\\n\nend'}, 123_456_789_012),))
    text = Metrics().text([family])
    assert 'a_b{x="q\\"b\\\\n\\nend"} 123456789012\n' in text
    samples(text)


def test_queries_by_outcome_and_lane_and_kills() -> None:
    lane = SimpleNamespace(waiting=3, free=1)
    pool = SimpleNamespace(
        count=Counter({("ok", "fast"): 7, ("query-timeout", "slow"): 2}),
        killed=Counter({"query-timeout": 2}),
        fast=lane,
        slow=SimpleNamespace(waiting=0, free=4),
    )
    engine = SimpleNamespace(generation=9, pool=pool)
    found = samples(Metrics().text(engine_families(engine)))
    assert found['commonground_queries_total{outcome="ok",lane="fast"}'] == 7
    assert found['commonground_queries_total{outcome="query-timeout",lane="slow"}'] == 2
    assert found['commonground_worker_kills_total{reason="query-timeout"}'] == 2
    assert found['commonground_queries_waiting{lane="fast"}'] == 3
    assert found['commonground_places_free{lane="slow"}'] == 4
    assert found["commonground_generation"] == 9


def test_the_size_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_bytes(b"1234")
    (tmp_path / "y").write_bytes(b"56")
    use = DiskUse(tmp_path, seconds=3600)
    assert use.bytes() == 6
    (tmp_path / "y").unlink()
    assert use.bytes() == 6
    assert DiskUse(tmp_path).bytes() == 4
    assert DiskUse(tmp_path / "none").bytes() == 0


def test_who_may_look(tmp_path: Path) -> None:
    book = TokenBook(tmp_path / "tokens.json")
    tokens = {role: book.add(role.word, role, NOW) for role in Role}
    far = {"X-Forwarded-For": "198.51.100.7"}
    with (
        serving(example_store(), data_dir=tmp_path, trusted_proxies=("127.0.0.1",)) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        assert client.get("/metrics").status_code == 200
        refused = client.get("/metrics", headers=far)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")
        for role, token in tokens.items():
            response = client.get("/metrics", headers={**far, "Authorization": f"Bearer {token}"})
            assert response.status_code == (200 if role is Role.ADMIN else 403), role
            assert not any(other in response.text for other in tokens.values())
    with serving(example_store(), public_url="https://graph.example.org") as url:
        assert httpx.get(url + "/metrics", timeout=30).status_code == 401
    with serving(example_store(), public_url="https://graph.example.org", open_metrics=True) as url:
        assert httpx.get(url + "/metrics", timeout=30).status_code == 200
