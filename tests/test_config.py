"""Settings: checked at start, one clear sentence each, documented in one place."""

import stat
from pathlib import Path

import pytest

from portal import config, create_app
from portal.config import SettingsError

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for name in config.Settings.model_fields:
        monkeypatch.delenv(f"PORTAL_{name.upper()}", raising=False)


def test_the_page_about_settings_lists_every_setting():
    assert (ROOT / "docs/settings.md").read_text("utf-8") == config.as_markdown()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORTAL_TIME_ZONE", "Mars/Olympus", "PORTAL_TIME_ZONE: “Mars/Olympus” is not a time zone"),
        ("PORTAL_BASE_URL", "people.example", "PORTAL_BASE_URL: must start with http"),
        ("PORTAL_PORT", "eighty", "PORTAL_PORT: Input should be a valid integer"),
        ("PORTAL_PORT", "70000", "PORTAL_PORT: Input should be less than or equal to 65535"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_wrong(monkeypatch, name, value, says):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=says.replace("(", r"\(")):
        config.read()


def test_the_file_is_read_and_the_environment_wins(tmp_path, monkeypatch):
    (tmp_path / "config.toml").write_text('time_zone = "Asia/Tokyo"\nthreads = 3\n')
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTAL_THREADS", "5")
    settings = config.read()
    assert (settings.time_zone, settings.threads) == ("Asia/Tokyo", 5)


@pytest.mark.parametrize(
    ("text", "says"), [("time_zon = 1\n", "unknown setting “time_zon”"), ("time_zone = \n", "cannot be read")]
)
def test_a_broken_file_is_named(tmp_path, text, says):
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(SettingsError, match=says):
        config.read({"data_dir": tmp_path})


def test_the_key_is_made_once_and_kept_from_others(tmp_path):
    first = create_app({"data_dir": tmp_path}).config["SECRET_KEY"]
    again = create_app({"data_dir": tmp_path}).config["SECRET_KEY"]
    assert first == again
    assert len(first) >= 43
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError, match="cannot be written to"):
        create_app({"data_dir": tmp_path / "file" / "data"})


def test_a_secret_never_shows_in_the_settings_text():
    settings = config.read({"smtp_url": "smtp://user:hunter2@mail.example", "secret_key": "abc"})
    assert "hunter2" not in repr(settings)
