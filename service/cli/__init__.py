"""The command line: the same questions, gaps and maps as the service, over the same data folder.

Results go to standard output, progress and complaints to standard error. Exit status: 0 done, 1 the data or
the store are at fault, 2 the command was used wrongly.
"""

from __future__ import annotations

import click

from service.cli.asking import ask_group, export
from service.cli.batches import batches_group
from service.cli.bringing import ingest_command, validate_command
from service.cli.coverage import coverage_command
from service.cli.gaps import gaps
from service.cli.judging import judge_group
from service.cli.keeping import backup_command, restore_command, serve
from service.cli.options import Group
from service.cli.recipes import recipes_group
from service.cli.statements import state_group
from service.cli.tokens import token_group
from service.cli.what_if import what_if_command
from service.cli.workbooks import template_command, workbook_command


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="commonground")
def main() -> None:
    """Who works on what, where, with whom - and where collaboration is missing.

    \b
    Start the service and open http://127.0.0.1:8000 :
        commonground serve
    Ask on the command line (in a second terminal, or without the service):
        commonground ask who-works-on --theme deinstitutionalisation
        commonground ask who-works-on --theme "inclusive education" --place Bulgaria --format json
        commonground coverage --theme education --format xlsx
        commonground gaps not-collaborating --place Armenia
        commonground what-if --best 5 --place Armenia
    Bring your own table (columns: see docs/how-to-ingest.md):
        commonground validate engagements.csv
        commonground ingest engagements.csv --source my-3w-2026
    """


for _command in (
    serve,
    ingest_command,
    validate_command,
    batches_group,
    recipes_group,
    state_group,
    judge_group,
    ask_group,
    coverage_command,
    gaps,
    what_if_command,
    export,
    template_command,
    workbook_command,
    backup_command,
    restore_command,
    token_group,
):
    main.add_command(_command)
