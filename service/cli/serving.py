"""Options of ``serve`` for a service that others use: names, proxies, limits, log."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import click

from service.cli.options import F
from service.logs import STANDARD_ERROR


def _networks(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        try:
            ip_network(value, strict=False)
        except ValueError:
            raise click.BadParameter(f"'{value}' is no address or network, such as 10.0.0.0/8.") from None
    return values


OFF = "off"

_OPTIONS: tuple[Callable[[F], F], ...] = (
    click.option(
        "--public-url",
        metavar="URL",
        help="Address under which readers reach the service, where a proxy passes them on: https://graph.example.org",
    ),
    click.option(
        "--allowed-host",
        "allowed_hosts",
        multiple=True,
        metavar="NAME",
        help="Another host name to answer under; .example.org is all below it. May be given again.",
    ),
    click.option(
        "--trusted-proxy",
        "trusted_proxies",
        multiple=True,
        metavar="CIDR",
        callback=_networks,
        help="Address or network of a proxy whose X-Forwarded-For names the client. May be given again.",
    ),
    click.option(
        "--client-seconds",
        type=click.FloatRange(min=0),
        metavar="SECONDS",
        help="Seconds of work a minute for one client without a token; 0 for no limit. "
        "Default: 60, and no limit for programs on this machine.",
    ),
    click.option(
        "--client-queries",
        type=click.IntRange(min=1),
        default=8,
        show_default=True,
        metavar="NUMBER",
        help="Requests at once of such a client.",
    ),
    click.option(
        "--hsts",
        "hsts_seconds",
        type=click.IntRange(min=0),
        default=0,
        metavar="SECONDS",
        help="Tell browsers to come by HTTPS alone for so long. Only behind a proxy that speaks it.",
    ),
    click.option("--open-metrics", is_flag=True, help="Let anybody read /metrics."),
    click.option(
        "--log",
        default=STANDARD_ERROR,
        metavar="FILE",
        callback=lambda _, __, value: None if value == OFF else value,
        help="File for one line of JSON a request. Default: standard error; 'off': none.",
    ),
)


MEGABYTE = 1024 * 1024

#: Named as the fields of the engine's limits, each with the number of its unit in one of the option's.
_LIMITS: dict[str, int] = {"seconds": 1, "memory": MEGABYTE, "result": MEGABYTE, "queue": 1}
_LIMIT_OPTIONS: tuple[Callable[[F], F], ...] = (
    click.option(
        "--query-seconds",
        "seconds",
        type=click.FloatRange(min=0.1),
        default=10,
        show_default=True,
        help="Seconds that a query may take.",
    ),
    click.option(
        "--query-memory",
        "memory",
        type=click.IntRange(min=64),
        default=512,
        show_default=True,
        metavar="MB",
        help="Memory that a query may take beyond the data.",
    ),
    click.option(
        "--result-size",
        "result",
        type=click.IntRange(min=1),
        default=256,
        show_default=True,
        metavar="MB",
        help="Size of the largest result of a query.",
    ),
    click.option(
        "--query-queue",
        "queue",
        type=click.IntRange(min=0),
        default=128,
        show_default=True,
        metavar="NUMBER",
        help="Queries that may wait for a place; more are told to come back.",
    ),
)


def edge_options(function: F) -> F:
    """The options; their values are named as the fields of ``Settings``, those of queries as of the engine's limits."""
    for option in reversed((*_OPTIONS, *_LIMIT_OPTIONS)):
        function = option(function)
    return function


def split_limits(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What ``edge_options`` gave: for ``Settings``, and for the engine's limits in its units (seconds, bytes)."""
    limits = {name: options[name] * unit for name, unit in _LIMITS.items()}
    return {name: value for name, value in options.items() if name not in _LIMITS}, limits
