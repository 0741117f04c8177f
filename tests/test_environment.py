"""What the process starts with: environment, cache folder, port, and the command line."""

import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from aigc_demo.core import environment

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def clean(monkeypatch, tmp_path):
    """An environment without the variables, whose temporary folder is a new one."""
    monkeypatch.setattr(environment.tempfile, "tempdir", str(tmp_path))
    saved = dict(os.environ)
    for name in ("GRADIO_TEMP_DIR", "NO_PROXY", "no_proxy", "OMP_WAIT_POLICY", *environment.PROXIES):
        os.environ.pop(name, None)
    yield tmp_path
    os.environ.clear()
    os.environ.update(saved)


def test_prepare_turns_telemetry_off_and_keeps_what_a_person_set(clean):
    os.environ.update(GRADIO_ANALYTICS_ENABLED="True", NO_PROXY="example.org", OMP_WAIT_POLICY="ACTIVE")
    environment.prepare()
    environment.prepare()
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == os.environ["ORT_DISABLE_TELEMETRY"] == "1"
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == "example.org,127.0.0.1,localhost,::1"
    assert Path(os.environ["GRADIO_TEMP_DIR"]).parent == clean


@pytest.mark.parametrize(
    ("shell", "left"),
    [
        ({"ALL_PROXY": "socks5://h:1"}, {"ALL_PROXY"}),
        ({"all_proxy": "socks://h:1/", "https_proxy": "http://h:1"}, {"all_proxy"}),
        ({"HTTP_PROXY": "http://[::1"}, {"HTTP_PROXY"}),
        ({"http_proxy": "http://h:port"}, {"http_proxy"}),
        ({"HTTP_PROXY": "h:1", "https_proxy": "http://user:secret@h:1", "ALL_PROXY": ""}, set()),
        ({"NO_PROXY": "[::1],::1/128,fe80::1,10.0.0.0/8, .org,中文.cn,a:b"}, {"::1/128", "中文.cn", "a:b"}),
        ({"NO_PROXY": "a.org", "no_proxy": "b.org"}, set()),
        ({"NO_PROXY": "a.org,*"}, set()),
    ],
    ids=range(8),
)
def test_what_the_http_client_cannot_read_is_left_out_and_said(clean, caplog, shell, left):
    os.environ.update(shell)
    environment.prepare("192.168.0.9")
    httpx.Client().close()  # as gradio does when it is imported
    warned = [record.getMessage() for record in caplog.records]
    assert len(warned) == len(left) and all(name in " ".join(warned) for name in left)
    assert "secret" not in caplog.text
    for name in shell.keys() & set(environment.PROXIES):
        assert os.environ.get(name) == (None if name in left else shell[name])
    asked = {host.strip(" []") for name in ("NO_PROXY", "no_proxy") for host in shell.get(name, "").split(",") if host}
    direct = set(os.environ["NO_PROXY"].split(","))
    assert direct == ({"*"} if "*" in asked else (asked - left) | {"127.0.0.1", "localhost", "::1", "192.168.0.9"})


def test_a_chosen_cache_folder_is_kept_and_no_other_made(clean):
    os.environ["GRADIO_TEMP_DIR"] = str(clean / "mine")
    environment.prepare()
    assert os.environ["GRADIO_TEMP_DIR"] == str(clean / "mine")
    assert not list(clean.iterdir())


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="users have numbers on POSIX only")
def test_the_cache_folder_is_private_and_not_somebody_elses(clean):
    folder = environment.private_folder()
    assert folder.parent == clean
    assert folder.stat().st_mode & 0o777 == 0o700
    assert environment.private_folder() == folder
    folder.chmod(0o755)
    other = environment.private_folder()
    assert other != folder
    assert other.stat().st_mode & 0o777 == 0o700
    folder.rmdir()
    folder.symlink_to(other)
    assert environment.private_folder() not in (folder, other)


def test_a_taken_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not environment.is_free("127.0.0.1", port)
        assert environment.free_port("127.0.0.1", port) != port


def start(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "app.py", *options]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60
    )


def test_help_tells_the_options_and_loads_nothing():
    done = start("--help", GRADIO_SERVER_NAME="0.0.0.0", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0
    for word in ("--host", "--server-name", "--port", "--server-port", "GRADIO_SERVER_PORT", "0.0.0.0"):
        assert word in done.stdout
    assert "gradio" not in done.stderr
    assert "torch" not in done.stderr


@pytest.mark.parametrize("port", ["taken", "70000", "-1", "abc"])
def test_a_port_that_cannot_be_had_is_one_sentence(port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1]) if port == "taken" else port
        done = start("--port", port)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_variable_that_is_no_port_is_one_sentence():
    done = start(GRADIO_SERVER_PORT="abc")
    assert done.returncode == 2
    assert "GRADIO_SERVER_PORT" in done.stderr
    assert "Traceback" not in done.stderr


POOLS = """
import ctypes, re, sys, threading
from aigc_demo.core import environment
environment.prepare()
held, together = [], threading.Barrier(12)
def take():
    together.wait()
    held.extend(bytes(5000) for _ in range(200))
    together.wait()
threads = [threading.Thread(target=take) for _ in range(12)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
libc.fopen.argtypes, libc.malloc_info.argtypes = [ctypes.c_char_p] * 2, [ctypes.c_int, ctypes.c_void_p]
libc.fclose.argtypes = [ctypes.c_void_p]
file = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, file)
libc.fclose(file)
print(len(re.findall("<heap nr=", open(sys.argv[1]).read())))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the number of pools is a matter of glibc")
@pytest.mark.parametrize(("chosen", "least", "most"), [({}, 1, environment.ARENAS), ({"MALLOC_ARENA_MAX": "5"}, 3, 5)])
def test_threads_take_their_memory_from_few_pools(clean, chosen, least, most):
    command = [sys.executable, "-c", POOLS, str(clean / "pools.xml")]
    told = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **chosen}, capture_output=True, text=True, timeout=60, check=True
    )
    assert least <= int(told.stdout) <= most
