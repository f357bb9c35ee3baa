"""Mailboxes to poll: dovecot, the real thing, which pushes under IDLE; and mail-devel from pip, SMTP and IMAP."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from tests.services.needs import Missing, free_port, listens, run_folder, somebody, wait_until

USER = "cobranca@loja.example"
PASSWORD = "segredo-de-teste"

CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/base
state_dir = {folder}/state
log_path = {folder}/log
{tls}
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
first_valid_uid = 1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
passdb {{
  driver = static
  args = user={user} password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
"""


class Dovecot:
    """One mailbox, `user` with `password` at `host`:`port`. Start, deliver, stop, start again.

    Without TLS; with a certificate and its key (PEM files) also with STARTTLS there, and with TLS at `tls_port`.
    """

    def __init__(self, certificate: Path | None = None, key: Path | None = None) -> None:
        program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
        if not program:
            raise Missing("imap", "no dovecot", "apt-get install dovecot-imapd")
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        if not told.startswith("2.3"):
            raise Missing("imap", f"dovecot {told.split()[0] if told else '?'} has other settings", "dovecot 2.3")
        self.host, self.port, self.user, self.password = "127.0.0.1", free_port(), USER, PASSWORD
        self.tls_port = free_port() if certificate else 0
        self._tls = f"ssl = yes\nssl_cert = <{certificate}\nssl_key = <{key}" if certificate else "ssl = no"
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-", dir=run_folder()))
        self.folder.chmod(0o755)
        self._process: subprocess.Popen[bytes] | None = None
        self._command = [program, "-F", "-c", str(self._configure())]
        self.start()

    def start(self) -> None:
        if self._process:
            return
        with open(self.folder / "out", "wb") as out:
            self._process = subprocess.Popen(self._command, stdout=out, stderr=out)
        if not wait_until(lambda: listens(self.port) or self._process is None or self._process.poll() is not None):
            self.stop()
        if not listens(self.port):
            log = self.folder / "log"
            words = (log if log.exists() else self.folder / "out").read_text().strip().splitlines() or ["no word"]
            self.stop()
            raise Missing("imap", f"dovecot does not start: {words[-1]}", "see its log")

    def stop(self) -> None:
        """Every connection ends at once, as when a mail server is taken down."""
        if self._process:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def deliver(self, raw: bytes) -> None:
        """As a mail server delivers: whole or not at all, told to whoever idles."""
        name = f"{uuid.uuid4().hex}.acordo"
        path = self.folder / "mail" / "tmp" / name
        path.write_bytes(raw)
        if os.geteuid() == 0:
            os.chown(path, self._owner, self._group)
        path.rename(self.folder / "mail" / "new" / name)

    def _configure(self) -> Path:
        root = os.geteuid() == 0
        self._owner, self._group = os.geteuid(), os.getegid()
        if root:
            owner = somebody()
            self._owner, self._group = owner.pw_uid, owner.pw_gid
        me = somebody("dovecot").pw_name if root else _name(os.geteuid())
        for part in ("mail", "mail/cur", "mail/new", "mail/tmp", "base", "state"):
            (self.folder / part).mkdir(exist_ok=True)
            if root and part.startswith("mail"):
                os.chown(self.folder / part, self._owner, self._group)
        config = self.folder / "dovecot.conf"
        config.write_text(
            CONFIG.format(
                folder=self.folder,
                internal=me,
                group=_group(me),
                login=somebody("dovenull").pw_name if root else me,
                user=self.user,
                password=self.password,
                uid=self._owner,
                gid=self._group,
                port=self.port,
                tls=self._tls,
                tls_port=self.tls_port,
            )
        )
        return config


class MailDevel:
    """SMTP on `smtp_port`, IMAP on `imap_port`, one mailbox in memory; it names IDLE but pushes nothing."""

    def __init__(self) -> None:
        self.host, self.user, self.password = "127.0.0.1", USER, PASSWORD
        self.imap_port, self.smtp_port = free_port(), free_port()
        command = [sys.executable, "-W", "ignore", "-m", "mail_devel", "--host", self.host, "--no-http"]
        command += ["--user", self.user, "--password", self.password]
        command += ["--imap-port", str(self.imap_port), "--smtp-port", str(self.smtp_port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not wait_until(lambda: listens(self.imap_port) and listens(self.smtp_port)):
            self.stop()
            raise Missing("imap", "mail-devel does not start", "python -m mail_devel says why")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


def _name(uid: int) -> str:
    import pwd

    return pwd.getpwuid(uid).pw_name


def _group(user: str) -> str:
    import grp
    import pwd

    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
