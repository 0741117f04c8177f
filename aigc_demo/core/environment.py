"""What is set before gradio and torch are imported: no telemetry, a private cache folder, a free port, calm threads."""

import os
import socket
import tempfile
from pathlib import Path

FIRST_PORT = 7860
PORTS_TRIED = 100  # as Gradio does
LOOPBACK = ("127.0.0.1", "localhost")


def prepare() -> None:
    """Set the process's environment; values that a person has set stay, except those that would reach outside."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # waiting threads sleep, they do not spin
    if not os.environ.get("GRADIO_TEMP_DIR"):
        os.environ["GRADIO_TEMP_DIR"] = str(private_folder())
    for name in ("NO_PROXY", "no_proxy"):  # Gradio checks itself over loopback at launch
        known = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join([*known, *(host for host in LOOPBACK if host not in known)])


def private_folder() -> Path:
    """A folder of this user alone below the system's temporary one; its path, which pages show, says nothing else."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()).resolve() / f"aigc_demo-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid"):
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != user or found.st_mode & 0o077:
            return Path(tempfile.mkdtemp(prefix="aigc_demo-"))  # somebody else made it, or may look into it
    return folder


def is_free(host: str, port: int) -> bool:
    """Whether a server may listen there."""
    host = host.strip("[]")  # an IPv6 address may come in brackets
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str, first: int = FIRST_PORT) -> int | None:
    """The first free port from `first` on, or None."""
    ports = range(first, min(first + PORTS_TRIED, 65536))
    return next((port for port in ports if is_free(host, port)), None)
