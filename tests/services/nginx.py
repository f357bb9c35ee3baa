"""The project's own nginx configuration, run by a real nginx on free ports with a certificate made for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.services.certificate import make_certificate
from tests.services.needs import ROOT, Missing, free_port, listens, wait_until

SETTING = ROOT / "deploy" / "nginx.conf"
_USER = "user root;" if os.geteuid() == 0 else ""  # its workers write bodies into the test's folder
_AROUND = """\
{user}
daemon off;
pid {folder}/pid;
error_log stderr error;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/acordo.conf;
}}
"""


class Nginx:
    """`url` is https on a free port; what it is asked goes to `upstreams`, ports of the loopback, in turn."""

    def __init__(self, folder: Path, upstreams: list[int]) -> None:
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin:/usr/local/sbin")
        if program is None:
            raise Missing("proxy", "no nginx", "apt-get install nginx")
        self.port, plain = free_port(), free_port()
        self.url = f"https://localhost:{self.port}"
        self.authority = make_certificate(folder)
        servers = "".join(f"    server 127.0.0.1:{each};\n" for each in upstreams)
        text = re.sub(r"^    server 127\.0\.0\.1:8000;\n", servers, SETTING.read_text("utf-8"), flags=re.M)
        for ours, here in (
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("listen 80", f"listen 127.0.0.1:{plain}"),
            ("acordo.example.com", "localhost"),
            ("/etc/ssl/acordo/fullchain.pem", f"{folder}/certificate.pem"),
            ("/etc/ssl/acordo/key.pem", f"{folder}/key.pem"),
        ):
            assert ours in text, f"{SETTING.name} says no longer: {ours}"
            text = text.replace(ours, here)
        (folder / "acordo.conf").write_text(text)
        (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=_USER))
        command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        if not wait_until(lambda: listens(self.port) or self._process.poll() is not None) or self._process.poll():
            self._process.kill()
            raise AssertionError(f"nginx does not start: {self._process.communicate()[1]}")
        self.plain = f"http://localhost:{plain}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=20)
