"""Settings: defaults here, then `config.toml` in the data folder, then the environment (`PORTAL_*`). Checked at start."""

import functools
import os
import secrets
import tomllib
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from flask import Flask, current_app
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

HERE = Path(__file__).resolve().parent
# In a checkout templates, static files and content lie beside the package; a wheel carries them inside it.
BASE = HERE if (HERE / "templates").is_dir() else HERE.parent
SAMPLE = HERE / "content_sample" if (HERE / "content_sample").is_dir() else HERE.parent / "content"


class Settings(BaseSettings):
    """Every setting, in one place. The name in the environment is `PORTAL_` and the field in capitals."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore", env_ignore_empty=True)

    data_dir: Path = Field(Path("instance"), description="Folder for the database, keys, queue and uploads.")
    content_dir: Path = Field(SAMPLE, description="Folder with site.yaml, pages/, mails/ and media/.")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite file portal.sqlite in the data folder.")
    redis_url: str = Field("", description="Redis for the job queue and rate limits when there are several machines.")
    base_url: str = Field(
        "", description="Address under which people reach the portal, used in mails; empty: http://localhost:8000."
    )
    host: str = Field("127.0.0.1", description="Interface on which the web server listens.")
    port: int = Field(8000, ge=1, le=65535, description="Port on which the web server listens.")
    threads: int = Field(16, ge=1, le=256, description="Requests answered at the same time by the web process.")
    workers: int = Field(1, ge=1, le=64, description="Web processes; more than one only with PostgreSQL.")
    smtp_url: SecretStr = Field(
        SecretStr(""), description="smtp://user:password@host:587 or smtps://…; empty: mail stays in the outbox page."
    )
    smtp_connections: int = Field(4, ge=1, le=32, description="Connections to the mail server that one worker keeps open.")
    mails_per_minute: int = Field(0, ge=0, description="At most so many mails leave in a minute; 0: no limit.")
    mails_per_hour: int = Field(0, ge=0, description="At most so many mails leave in an hour; 0: no limit.")
    ramp_up_since: date | None = Field(
        None, description="First day of a new sending domain: 50 mails on it, twice as many each day after, free after two weeks."
    )
    sender: str = Field(
        "", description="From address of mails, for instance `Sielwerk <people@sielwerk.example>`; empty: from site.yaml."
    )
    dkim_key: SecretStr = Field(SecretStr(""), description="selector:domain:/path/to/private.pem, if the portal shall sign.")
    bounce_address: str = Field(
        "", description="Where mails come back to, for instance bounces@sielwerk.example; each gets one of its own by “+”."
    )
    reply_address: str = Field(
        "", description="Where answers go, so that the portal can read them; empty: to who wrote. “+” must be allowed there, too."
    )
    inbound_url: SecretStr = Field(
        SecretStr(""), description="Mailbox that is read: imaps://user:password@host/INBOX, or a folder (Maildir, or .eml files)."
    )
    dns_server: str = Field("", description="host or host:port that `portal doctor mail` asks; empty: the one of the machine.")
    time_zone: str = Field("Europe/Berlin", description="The company's time zone (IANA name).")
    languages: str = Field(
        "en,de", description="Languages that candidates may choose for their own page and their mails; the first is the default."
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="Key of all signatures; empty: made once and kept in the data folder."
    )
    trusted_hosts: str = Field(
        "", description="Further host names to answer to, comma separated; the one of base_url always counts."
    )
    behind_proxy: int = Field(0, ge=0, le=4, description="Reverse proxies in front whose X-Forwarded-* headers are believed.")
    log_level: str = Field("info", description="debug, info, warning or error.")
    log_format: str = Field("json", description="json, or console for reading in a terminal.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Overrides by tests, then the environment, then `config.toml`."""
        folder = init_settings().get("data_dir") or os.environ.get("PORTAL_DATA_DIR") or "instance"
        return init_settings, env_settings, _Toml(settings_cls, Path(str(folder)) / "config.toml")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _zones():
            raise ValueError(f"“{value}” is not a time zone; use a name such as Europe/Berlin")
        return value

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _address(self) -> "Settings":
        if not self.base_url:
            # Browsers make passkeys for names, not for numbers.
            name = "localhost" if self.host in {"127.0.0.1", "0.0.0.0", "::1", "::"} else self.host  # noqa: S104
            self.base_url = f"http://{name}:{self.port}"
        return self

    @field_validator("data_dir", "content_dir")
    @classmethod
    def _resolved(cls, value: Path) -> Path:
        return value.expanduser().resolve()


class _Toml(PydanticBaseSettingsSource):
    """`config.toml`, read once; an unknown key is an error, since it is usually a slip of the pen."""

    def __init__(self, settings_cls: type[BaseSettings], path: Path) -> None:
        super().__init__(settings_cls)
        self.path = path

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError  # pragma: no cover - pydantic asks `__call__` only

    def __call__(self) -> dict[str, Any]:
        if not self.path.is_file():
            return {}
        try:
            values = tomllib.loads(self.path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{self.path} cannot be read: {error}.") from error
        if unknown := sorted(set(values) - set(self.settings_cls.model_fields)):
            raise SettingsError(f"{self.path} has the unknown setting “{unknown[0]}”.")
        return values


class SettingsError(Exception):
    """One sentence for the operator: which setting, what is wrong."""


def read(overrides: dict[str, Any] | None = None) -> Settings:
    """All settings, checked; raises SettingsError with one clear sentence."""
    try:
        return Settings(**(overrides or {}))
    except ValidationError as error:
        first = error.errors()[0]
        name = "PORTAL_" + str(first["loc"][0]).upper() if first["loc"] else "settings"
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}.") from error


def load(app: Flask, overrides: dict[str, Any] | None = None) -> None:
    """Read the settings and give Flask and its extensions what they need of them."""
    settings = read(overrides)
    _make_folder(settings.data_dir)
    key = settings.secret_key.get_secret_value() or _kept_key(settings.data_dir / "secret_key")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=key,
        CONTENT_DIR=settings.content_dir,
        DATA_DIR=settings.data_dir,
        SQLALCHEMY_DATABASE_URI=_database_url(settings),
        # A connection for each place of the web server and some for the worker; errors name the statement, not the people in it.
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True, "pool_size": settings.threads, "max_overflow": 8},
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        BABEL_DEFAULT_LOCALE=settings.languages.split(",")[0].strip(),
        BABEL_DEFAULT_TIMEZONE=settings.time_zone,
    )


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.config["SETTINGS"]
    return found


# Listing them walks a folder of six hundred files.
_zones = functools.cache(available_timezones)


def _database_url(settings: Settings) -> str:
    url = settings.database_url or f"sqlite:///{settings.data_dir / 'portal.sqlite'}"
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _make_folder(folder: Path) -> None:
    """The data folder, closed to everybody else on the machine, as is whatever we write from now on; files of before too."""
    os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("*.sqlite*"):
            if file.stat().st_mode & 0o077 and file.stat().st_uid == os.getuid():
                file.chmod(0o600)
        probe = folder / f".write-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsError(f"The data folder {folder} cannot be written to: {error.strerror}. Set PORTAL_DATA_DIR.") from error


def _kept_key(path: Path) -> str:
    """The key in `path`; made on first use, readable by its owner only."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text("ascii").strip()


def read_from(app: Flask) -> Settings:
    """The settings of an application that is not the current one yet."""
    found: Settings = app.config["SETTINGS"]
    return found


def as_markdown() -> str:
    """All settings as the page docs/settings.md."""
    rows = [
        f"| `PORTAL_{name.upper()}` | {_shown(field.get_default())} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join([_SETTINGS_HEAD, *rows, ""])


_SETTINGS_HEAD = """# Settings

Each can stand in the environment under the name below, or in `config.toml` in the data folder in small letters without `PORTAL_`
(`time_zone = "Europe/Berlin"`). The environment wins. A wrong or unknown one is named at start.

`PORTAL_CLOCK_SHIFT` (seconds) moves the portal's one clock; it is for tests and rehearsals.

| name | default | what it is |
|---|---|---|"""


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value == SAMPLE:
        value = "content"
    return "(empty)" if value is None or not str(value) else f"`{value}`"
