"""The `portal` command, as an operator types it."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.live import answers, environment
from tests.services import free_port, wait_until

ROOT = Path(__file__).parents[1]


def portal(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portal.cli", *arguments]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def env(tmp_path) -> dict[str, str]:
    """An installation with its tables."""
    env = environment(tmp_path / "data", free_port())
    assert portal(env, "db", "upgrade").returncode == 0
    return env


def test_a_taken_port_is_one_clear_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = portal(environment(tmp_path / "data", port), "up")
    assert done.returncode == 1
    assert (
        done.stderr.strip() == f"portal: Port {port} is taken by another program. Stop it, or set PORTAL_PORT to another number."
    )


def test_a_folder_that_cannot_be_made_is_one_clear_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = portal(environment(tmp_path / "file" / "data", free_port()), "up")
    assert done.returncode == 1
    assert re.fullmatch(r"portal: The data folder .* cannot be written to: .*\. Set PORTAL_DATA_DIR\.\n", done.stderr)


def test_a_broken_config_is_one_clear_sentence(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "config.toml").write_text("threads = many\n")
    done = portal(environment(tmp_path / "data", free_port()), "up")
    assert done.returncode == 1
    assert done.stderr.startswith("portal: ")
    assert "config.toml cannot be read" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_database_that_is_away_is_one_clear_sentence(tmp_path):
    env = environment(tmp_path / "data", free_port(), PORTAL_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    done = portal(env, "up")
    assert done.returncode == 1
    assert done.stderr.startswith("portal: The database cannot be used: ")
    assert "Traceback" not in done.stderr


def test_up_serves_prints_the_first_link_and_stops_cleanly(tmp_path):
    env = environment(tmp_path / "data", free_port())
    url = f"http://127.0.0.1:{env['PORTAL_PORT']}"
    process = subprocess.Popen([sys.executable, "-m", "portal.cli", "up"], env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        wait_until(lambda: answers(f"{url}/readyz") or process.poll() is not None, 60, "the portal")
        with urllib.request.urlopen(f"{url}/readyz") as answer:
            assert answer.status == 200
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    assert re.search(re.escape(url.replace("127.0.0.1", "localhost")) + r"/welcome/[\w-]{20,}", said)
    assert not answers(f"{url}/healthz"), "nothing goes on running"
    again = portal(env, "staff", "invite", "recruiter")
    assert again.returncode == 0, "the data is still there"


def test_the_worker_ends_when_nothing_is_due(env):
    done = portal(env, "worker", "--until-empty")
    assert (done.returncode, done.stdout.strip()) == (0, "0 things done, nothing is due.")


def test_statistics_come_as_json(env):
    done = portal(env, "stats", "--json")
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), dict)


def test_check_says_that_all_rules_hold(env):
    done = portal(env, "check")
    assert (done.returncode, done.stdout.strip()) == (0, "All rules hold.")


def test_the_sample_company_has_no_problems_but_the_stale_fact_that_it_shows_on_purpose(env):
    done = portal(env, "content", "check")
    *findings, total = done.stdout.strip().splitlines()
    assert (done.returncode, total) == (0, f"0 problems, {len(findings)} more worth a look."), done.stdout
    assert all("value/pay.md" in finding for finding in findings)


def test_a_broken_link_is_named_with_file_and_line(tmp_path):
    (tmp_path / "content" / "pages").mkdir(parents=True)
    (tmp_path / "content" / "pages" / "index.md").write_text("# Home\n\n[There](/nowhere)\n")
    done = portal(environment(tmp_path / "data", free_port(), PORTAL_CONTENT_DIR=str(tmp_path / "content")), "content", "check")
    assert done.returncode == 1
    assert "index.md:3" in done.stdout


def test_doctor_names_what_is_missing_and_faults_nothing_here(env):
    done = portal(env, "doctor")
    assert done.returncode == 0, done.stdout
    assert "No SMTP server is set" in done.stdout


def test_an_invitation_is_a_link_for_a_role(env):
    done = portal(env, "staff", "invite", "editor", "--email", "amara@sielwerk.example")
    assert re.fullmatch(r"http://localhost:\d+/welcome/[\w-]{20,}\n", done.stdout)


def test_the_demo_refuses_an_installation_that_has_people(env, tmp_path):
    first = portal(env, "demo", "--candidates", "8")
    assert first.returncode == 0, first.stderr
    assert re.search(r"^\s+8\s+candidates$", first.stdout, re.MULTILINE)
    again = portal(env, "demo", "--candidates", "8")
    assert again.returncode == 1
    assert "fills an empty installation only" in again.stderr
    assert portal(env, "check").stdout.strip() == "All rules hold."


def test_backup_and_restore_go_through_the_command(env, tmp_path):
    assert portal(env, "backup", str(tmp_path / "saved.tar.gz")).returncode == 0
    done = portal(env, "restore", "--yes", str(tmp_path / "saved.tar.gz"))
    assert done.returncode == 0, done.stderr
    assert portal(env, "check").returncode == 0
