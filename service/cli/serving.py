"""Options of ``serve`` for a service that others use: names, proxies, limits, log."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network

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


def edge_options(function: F) -> F:
    """The options; their values are named as the fields of ``Settings``."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function
