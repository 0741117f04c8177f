"""What is set before gradio and torch are imported: no telemetry, a private cache folder, calm threads, few pools."""

import ctypes
import logging
import os
import socket
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

FIRST_PORT = 7860
PORTS_TRIED = 100  # as Gradio does
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
M_ARENA_MAX = -8  # in malloc.h of glibc
ARENAS = 2
logger = logging.getLogger(__name__)


def prepare(host: str = "") -> None:
    """Set the process's environment; values that a person has set stay, except those that would reach outside.

    `host` is the address to listen on.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # waiting threads sleep, they do not spin
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # work that gains by more asks for them (core/threads.py)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # those of NumPy spin
    if not os.environ.get("GRADIO_TEMP_DIR"):
        os.environ["GRADIO_TEMP_DIR"] = str(private_folder())
    prepare_proxies((*LOOPBACK, host.strip("[]")))
    share_arenas()


def share_arenas() -> None:
    """Let the threads of this process take memory from two pools; MALLOC_ARENA_MAX, where it is set, wins.

    glibc would make up to eight for each core, and what is freed in one of them is of no use to the others: a process
    that serves a room then holds a fifth more. Elsewhere than under glibc nothing changes.
    """
    if sys.platform == "linux" and "MALLOC_ARENA_MAX" not in os.environ:
        with suppress(AttributeError):  # musl has one pool, and no such function
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def prepare_proxies(direct: Sequence[str]) -> None:
    """Leave out proxy settings that the HTTP client cannot read, with a warning; reach the hosts `direct` without one.

    The client reads these variables whenever it is made, and Gradio makes one at import and asks itself over HTTP at
    launch: an address that it cannot read would end the program, though nothing outside is needed.
    """
    found = [host.strip() for name in ("no_proxy", "NO_PROXY") for host in os.environ.pop(name, "").split(",")]
    known = dict.fromkeys(host.strip("[]") for host in (*found, *direct) if host)
    proxies = {name: os.environ.pop(name) for name in PROXIES if name in os.environ}
    for name, value in proxies.items():
        os.environ[name] = value
        if not proxies_are_readable():
            del os.environ[name]
            logger.warning("%s is left out: no proxy that can be used here (SOCKS needs the package socksio).", name)
    kept: list[str] = []
    for host in known if "*" not in known else ["*"]:
        os.environ["NO_PROXY"] = ",".join([*kept, host])
        if host in direct or proxies_are_readable():
            kept.append(host)
        else:
            logger.warning("NO_PROXY: %s is left out, it cannot be read.", host)
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(kept)  # the one in small letters counts where both are


def proxies_are_readable() -> bool:
    """Whether an HTTP client can be made under the proxy variables as they are."""
    import httpx  # as gradio and huggingface_hub do

    try:
        httpx.Client(verify=False).close()
    except Exception:  # no such scheme, no such port, or a package for SOCKS is missing
        return False
    return True


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
