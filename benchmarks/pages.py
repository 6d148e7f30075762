"""A public page from our front door against nginx serving the same bytes, one worker on one core each, 32 connections."""

import tempfile
import urllib.request
from pathlib import Path

from benchmarks import load
from tests.services import free_port

PAGE = "/stories/control-engineer"
CONNECTIONS = 32
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log crit;
events {{ worker_connections 512; }}
http {{
  access_log off; types {{ text/html html; }} default_type text/html;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d;
  scgi_temp_path {folder}/e; open_file_cache max=100; keepalive_requests 1000000;
  server {{ listen 127.0.0.1:{port}; location / {{ root {folder}/site; add_header Cache-Control "no-cache"; }} }}
}}
"""


def main() -> None:
    """Measure and print the ratios."""
    load.require("nginx", "wrk", "taskset")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with load.portal(folder / "data") as ours:
            (folder / "site").mkdir()
            with urllib.request.urlopen(ours + PAGE) as answer:
                (folder / "site" / "page.html").write_bytes(answer.read())
            port = free_port()
            (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
            theirs = f"http://127.0.0.1:{port}/page.html"
            with load.process(["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")], theirs):
                contenders = {"nginx": theirs, "front door": ours + PAGE, "Flask (health check)": ours + "/healthz"}
                load.report(load.compare(contenders, CONNECTIONS), "nginx")
