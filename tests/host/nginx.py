"""A real nginx before a server, with as little set up as most have: it speaks HTTP/1.0, and buffers."""

import contextlib
import shutil
import socket
import subprocess

import pytest

CONFIG = """
daemon off;
pid nginx.pid;
error_log stderr;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  server {{
    listen 127.0.0.1:{port};
    location {location} {{
      proxy_pass http://127.0.0.1:{origin_port}{tail};
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
    }}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def nginx(folder, origin_port, location, strips):
    """Yield the port of an nginx that passes location on. strips: whether it takes that off the path."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/opt/homebrew/bin")
    if not program:
        pytest.skip("No nginx to stand before the server: apt install nginx-light")
    port = free_port()
    (folder / "nginx.conf").write_text(
        CONFIG.format(port=port, location=location, origin_port=origin_port, tail="/" if strips else "")
    )
    process = subprocess.Popen([program, "-p", folder, "-c", "nginx.conf"], stderr=subprocess.PIPE, text=True)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.communicate()


def _wait_for(port, process):
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
    raise AssertionError(process.stderr.read())
