"""The `portal` command."""

import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import Flask
from rich.console import Console
from sqlalchemy.exc import OperationalError

from portal import backup, config, create_app, demo, doctor, integrity, server, worker
from portal.accounts import services as accounts
from portal.accounts.models import RoleName
from portal.analytics import queries as analytics
from portal.config import SettingsError
from portal.content import front
from portal.content import services as content
from portal.db import db
from portal.errors import PortalError
from portal.extensions import alembic
from portal.inbound import services as inbound
from portal.outreach import services as outreach
from portal.outreach.verdicts import VERSION
from portal.privacy.queries import trail

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class _Group(click.Group):
    """Turns what the operator can put right into one sentence and exit status 1; anything else is a fault of ours."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SettingsError, PortalError) as error:
            err.print(f"[red]portal:[/red] {error}")
        except OperationalError as error:
            err.print(f"[red]portal:[/red] The database cannot be used: {str(error.orig).splitlines()[0]}.")
        return ctx.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run and look after the portal."""


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the application as its first argument, inside its context."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        app = create_app()
        with app.app_context():
            return command(app, *args, **kwargs)

    return run


@main.command()
def up() -> None:
    """Migrate, then run web server and worker until Ctrl-C."""
    settings = config.read()
    server.check_port(settings)
    app = create_app()
    with app.app_context():
        alembic.upgrade()
        link = accounts.first_link()
        db.engine.dispose()
    lines = [
        f"\n  Company site   [bold]{settings.base_url}/[/bold]",
        f"  Staff console  [bold]{settings.base_url}/console[/bold]",
        *([f"  First sign-in  [bold]{link}[/bold]", "                 (works once, for 24 hours)"] if link else []),
        "  Stop           Ctrl-C\n",
    ]
    raise SystemExit(server.serve_with_worker(settings, lambda: out.print("\n".join(lines))))


@main.command()
def serve() -> None:
    """Run the web server only."""
    server.serve(config.read())


@main.command("worker")
@click.option("--until-empty", is_flag=True, help="Do all that is due, then stop.")
def run_worker(until_empty: bool) -> None:
    """Send mail, classify visits, run imports and newsletters."""
    app = create_app()
    if until_empty:
        out.print(f"{worker.run_until_empty(app)} things done, nothing is due.")
    else:
        worker.run(app)


@main.command("demo")
@click.option("--seed", default=1, show_default=True, help="Same seed, same history.")
@click.option("--candidates", default=500, show_default=True, help="How many people.")
@with_app
def fill_demo(app: Flask, seed: int, candidates: int) -> None:  # noqa: ARG001
    """Fill an empty installation with a year of believable history."""
    alembic.upgrade()
    with out.status("Telling a year of history …") as status:
        facts = demo.tell(seed, candidates, status.update)
    for name, count in facts.items():
        out.print(f"{count:>7}  {name}")


@main.group("db")
def database() -> None:
    """The database."""


@database.command()
@with_app
def upgrade(app: Flask) -> None:  # noqa: ARG001
    """Bring the tables up to this version."""
    alembic.upgrade()
    out.print("The database is up to date.")


@main.group("staff")
def staff() -> None:
    """Staff accounts."""


@staff.command("invite")
@click.argument("role", type=click.Choice([role.value for role in RoleName]))
@click.option("--email", default=None, help="Address to fill in on the page.")
@with_app
def invite(app: Flask, role: str, email: str | None) -> None:
    """Print a one-time link that makes an account with ROLE."""
    _invitation, token = accounts.invite(RoleName(role), email)
    out.print(f"{config.read_from(app).base_url}/welcome/{token}")


@main.group("content")
def content_group() -> None:
    """The company site."""


@content_group.command("check")
@with_app
def check_content(app: Flask) -> None:  # noqa: ARG001
    """List broken links, missing pictures and the like, with file and line; exit 1 if readers see something wrong."""
    problems = content.check()
    for problem in problems:
        out.print(f"{problem}{' (worth a look)' if problem.minor else ''}", markup=False)
    wrong = sum(not problem.minor for problem in problems)
    out.print(f"{wrong} problems, {len(problems) - wrong} more worth a look.")
    raise SystemExit(1 if wrong else 0)


@main.group("export")
def export_group() -> None:
    """What leaves the portal as files."""


@export_group.command("site")
@click.argument("folder", type=click.Path(path_type=Path))
@with_app
def export_site(app: Flask, folder: Path) -> None:
    """Write the public site into FOLDER as plain files; forms lead to the portal. Run it again to bring it up to date."""
    with out.status("Writing …") as status:
        files = front.export(app, folder, lambda done, total: status.update(f"Writing: {done} of {total} files …"))
    out.print(f"{folder} holds the site in {files} files. Let your file server answer what is missing with 404.html.")


@main.group("mail")
def mail_group() -> None:
    """What comes back by mail."""


@mail_group.command("receive")
@click.option("--recipient", default="", envvar=("ORIGINAL_RECIPIENT", "RECIPIENT"), help="Address of the envelope.")
@with_app
def receive(app: Flask, recipient: str) -> None:  # noqa: ARG001
    """Take in one mail from standard input, as a mail server hands it to a program."""
    raw = sys.stdin.buffer.read(inbound.LARGEST + 1)
    out.print(inbound.receive(raw, recipient) or "read before")


@mail_group.command("read")
@with_app
def read_mailbox(app: Flask) -> None:  # noqa: ARG001
    """Read the mailbox of PORTAL_INBOUND_URL now."""
    out.print(f"{inbound.read_mailbox()} mails were read.")


@mail_group.command("replay")
@click.argument("number", type=int)
@with_app
def replay(app: Flask, number: int) -> None:  # noqa: ARG001
    """Read a mail again that was set aside; its NUMBER stands on the page Replies."""
    out.print(inbound.replay(number) or "read before")


@main.group("visits")
def visits_group() -> None:
    """Visits to landing links."""


@visits_group.command("reclassify")
@click.option("--all", "every", is_flag=True, help="Also visits that the present rules decided.")
@with_app
def reclassify(app: Flask, every: bool) -> None:  # noqa: ARG001
    """Judge visits anew by the present rules; numbers and timelines follow. Run it again when it was interrupted."""
    if every:
        outreach.judge_all_anew()
    with out.status("Judging visits anew …") as status:
        done = outreach.reclassify(lambda count, total: status.update(f"Judging visits anew: {count} of {total} …"))
    out.print(f"{done} visits were judged anew, by version {VERSION} of the rules.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@with_app
def stats(app: Flask, as_json: bool) -> None:  # noqa: ARG001
    """The numbers."""
    summary = analytics.summary()
    if as_json:
        click.echo(json.dumps(summary, indent=2, default=str))
        return
    for name, value in summary.items():
        out.print(f"{name}: {value}", markup=False)


@main.group("audit")
def audit_group() -> None:
    """The trail of who saw and changed whom."""


@audit_group.command("verify")
@with_app
def verify_audit(app: Flask) -> None:  # noqa: ARG001
    """Say whether an entry was changed, removed or put in; exit 1 with the entries."""
    findings = trail.verify()
    for finding in findings:
        out.print(finding, markup=False)
    out.print("The trail is whole." if not findings else f"{len(findings)} places where somebody touched it.")
    raise SystemExit(1 if findings else 0)


@main.command("check")
@with_app
def check_integrity(app: Flask) -> None:  # noqa: ARG001
    """Database integrity and the rules that must always hold; exit 1 with the rows that break one."""
    broken = integrity.check()
    for line in broken:
        out.print(line, markup=False)
    out.print("All rules hold." if not broken else f"{len(broken)} rules or rows are broken.")
    raise SystemExit(1 if broken else 0)


@main.command("doctor")
@click.argument("what", type=click.Choice(["all", "mail"]), default="all")
def examine(what: str) -> None:
    """Say what this installation has, lacks and should change; `mail`: what DNS, TLS and the heads of mails lack."""
    findings = doctor.examine_mail(create_app()) if what == "mail" else doctor.examine()
    for finding in findings:
        out.print(str(finding), markup=False)
    raise SystemExit(1 if any(finding.level == "fault" for finding in findings) else 0)


@main.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@with_app
def make_backup(app: Flask, file: Path) -> None:  # noqa: ARG001
    """Write database and key into FILE while the portal runs (SQLite; for PostgreSQL use pg_dump)."""
    backup.save(file)
    out.print(f"{file} holds the whole installation. Keep it safe: it contains personal data and the key.")
    out.print(
        "No erasure reaches into it: delete it after 30 days at the latest. Restoring it erases again who was erased since."
    )


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Replace what is there without asking.")
def restore(file: Path, yes: bool) -> None:
    """Put the installation of FILE in place of the present one; the present one is kept beside it."""
    if not yes:
        click.confirm("This replaces the present database (a copy of it is kept). Go on?", abort=True)
    kept = backup.restore(file)
    out.print(f"Restored. What was there before: {kept or 'nothing'}{' (deleted after 14 days)' if kept else ''}.")
    out.print("Who was erased since this backup is erased again when the portal starts, before it answers anybody.")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
