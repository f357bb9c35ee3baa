"""All an operator may change, from the environment or a `.env` file. A bad value stops the start and is named."""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct


class BadSetting(Exception):
    """A variable is wrong: the text names it, says what is wrong, and gives an example."""


class Settings(Struct, frozen=True, kw_only=True):
    """Documented in `docs/operating.md`; the numbers are `docs/decisions` defaults and need no setting."""

    data_dir: Path = Path("var")
    database_url: str = ""  # ACORDO_DATABASE_URL; empty: SQLite in the data directory
    redis_url: str = ""  # ACORDO_REDIS_URL; empty: in process
    public_url: str = "http://127.0.0.1:8000"  # ACORDO_PUBLIC_URL, without a trailing slash
    secret_key: str = ""  # ACORDO_SECRET_KEY; created on first start when embedded
    log: str = "text"  # ACORDO_LOG: text, json
    metrics_token: str = ""  # ACORDO_METRICS_TOKEN
    smtp_listen: str = ""  # ACORDO_SMTP_LISTEN, host:port of the built-in listener; empty: none
    trusted_origins: tuple[str, ...] = ()  # ACORDO_TRUSTED_ORIGINS: exact addresses of relays within the house
    trusted_proxies: tuple[str, ...] = ()  # ACORDO_TRUSTED_PROXIES: whose X-Forwarded-For is believed

    # Seconds, bytes, counts: safe defaults, the same for everybody.
    session_seconds: int = 12 * 3600
    session_idle_seconds: int = 8 * 3600
    json_bytes: int = 256 * 1024
    meta_bytes: int = 4 * 1024 * 1024
    twilio_bytes: int = 256 * 1024
    mail_bytes: int = 36 * 1024 * 1024
    upload_bytes: int = 25 * 1024 * 1024

    def __repr__(self) -> str:
        return f"Settings(data_dir={str(self.data_dir)!r}, public_url={self.public_url!r})"

    @property
    def secure(self) -> bool:
        """The public URL is https: __Host- cookie and HSTS exactly then."""
        return self.public_url.startswith("https://")

    @property
    def form_bytes(self) -> int:
        """A multipart body: the files, and what stands around them."""
        return self.upload_bytes + 64 * 1024

    @property
    def sqlite_path(self) -> Path | None:
        """Where the embedded database lies; None when the database is a server."""
        return (
            Path(self.database_url.removeprefix("sqlite:///")) if self.database_url.startswith("sqlite:///") else None
        )


def load(environ: Mapping[str, str] | None = None, *, data_dir: Path | None = None, **changes: object) -> Settings:
    """Read ACORDO_* from the environment, then from `.env` in the working directory. Raises BadSetting."""
    env = environment(os.environ if environ is None else environ)
    folder = data_dir or Path(env.get("ACORDO_DATA_DIR") or "var")
    database = env.get("ACORDO_DATABASE_URL") or f"sqlite:///{(folder / 'acordo.db').resolve()}"
    _check_database(database)
    public = (env.get("ACORDO_PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/")
    _check_url("ACORDO_PUBLIC_URL", public, ("http", "https"), "https://acordo.example.com")
    redis = env.get("ACORDO_REDIS_URL", "")
    if redis:
        _check_url("ACORDO_REDIS_URL", redis, ("redis", "rediss"), "redis://127.0.0.1:6379/0")
    log = env.get("ACORDO_LOG") or "text"
    if log not in ("text", "json"):
        raise BadSetting(f"ACORDO_LOG is {log!r}: it must be text or json, for example ACORDO_LOG=json")
    values = {
        "data_dir": folder,
        "database_url": database,
        "redis_url": redis,
        "public_url": public,
        "secret_key": env.get("ACORDO_SECRET_KEY") or _secret(folder, database),
        "log": log,
        "metrics_token": env.get("ACORDO_METRICS_TOKEN", ""),
        "smtp_listen": _listen(env.get("ACORDO_SMTP_LISTEN", "")),
        "trusted_origins": _origins(env.get("ACORDO_TRUSTED_ORIGINS", "")),
        "trusted_proxies": _proxies(env.get("ACORDO_TRUSTED_PROXIES", "")),
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What is set: the environment, and below it the `.env` file of the working directory."""
    values: dict[str, str] = {}
    file = Path(".env")
    if file.is_file():
        for line in file.read_text("utf-8").splitlines():
            name, mark, value = line.strip().partition("=")
            if mark and not name.startswith("#"):
                values[name.strip()] = value.strip().strip("\"'")
    return {**values, **environ}


def _check_database(url: str) -> None:
    if not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise BadSetting(
            "ACORDO_DATABASE_URL names a database this product does not know; "
            "examples: sqlite:////srv/acordo/acordo.db or postgresql://user:password@host/acordo"
        )


def _check_url(name: str, value: str, schemes: tuple[str, ...], example: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.hostname:
        raise BadSetting(f"{name} is not a {' or '.join(schemes)} address, for example {name}={example}")
    if parts.query or parts.fragment or (schemes[0] == "http" and parts.path not in ("", "/")):
        raise BadSetting(f"{name} must be scheme and host only, for example {name}={example}")


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if value and not (host and port.isdigit()):
        raise BadSetting("ACORDO_SMTP_LISTEN must be host:port, for example ACORDO_SMTP_LISTEN=127.0.0.1:2525")
    return value


def _origins(value: str) -> tuple[str, ...]:
    found = tuple(each.strip().rstrip("/") for each in value.split(",") if each.strip())
    for each in found:
        parts = urlsplit(each)
        if parts.scheme not in ("http", "https", "smtp") or not parts.hostname or parts.path or parts.username:
            raise BadSetting(
                "ACORDO_TRUSTED_ORIGINS names exact addresses of your own network, separated by commas, "
                "for example ACORDO_TRUSTED_ORIGINS=smtp://10.0.0.5:25"
            )
    return found


def _proxies(value: str) -> tuple[str, ...]:
    found = tuple(each.strip() for each in value.split(",") if each.strip())
    for each in found:
        try:
            ipaddress.ip_network(each)
        except ValueError:
            raise BadSetting(
                "ACORDO_TRUSTED_PROXIES names the addresses or networks of your own proxies, separated by commas, "
                "for example ACORDO_TRUSTED_PROXIES=127.0.0.1,10.0.0.0/24"
            ) from None
    return found


def _secret(folder: Path, database: str) -> str:
    """The key kept beside an embedded database, made on first use, readable by its owner only."""
    if not database.startswith("sqlite:///"):
        raise BadSetting(
            "ACORDO_SECRET_KEY is missing: set 32 random bytes, for example the output of openssl rand -hex 32"
        )
    file = folder / "secret.key"
    if not file.exists():
        _make_secret(folder, file)
    return file.read_text().strip()


def _make_secret(folder: Path, file: Path) -> None:
    """Written aside and then named, so that of several commands at once all read the same whole key."""
    part = folder / f"{file.name}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_hex(32))
        with suppress(FileExistsError):  # another one was faster
            os.link(part, file)
        part.unlink()
    except OSError as error:
        raise BadSetting(
            f"{folder} cannot be written ({error.strerror}): give it to this user, or name another folder "
            "with ACORDO_DATA_DIR"
        ) from None
