"""A file of the page is there with all of its content whenever someone looks, however often it is made."""

import hashlib
import threading
from pathlib import Path

from aigc_demo.ui.cached_files import cached_file


def test_the_same_content_is_one_file_that_is_written_once(tmp_path):
    path = Path(cached_file(b"one", "sheet.png", str(tmp_path)))
    assert path == tmp_path / hashlib.sha256(b"one").hexdigest() / "sheet.png" and path.read_bytes() == b"one"
    written = path.stat().st_ino
    assert cached_file(b"one", "sheet.png", str(tmp_path)) == str(path) and path.stat().st_ino == written
    assert cached_file(b"two", "sheet.png", str(tmp_path)) != str(path)
    assert [file.name for file in path.parent.iterdir()] == ["sheet.png"]
    path.unlink()
    assert Path(cached_file(b"one", "sheet.png", str(tmp_path))).read_bytes() == b"one"


def test_who_reads_while_it_is_made_again_gets_all_of_it(tmp_path):
    content, ended = bytes(range(256)) * 4_000, threading.Event()
    path = Path(cached_file(content, "sheet.png", str(tmp_path)))

    def make():
        while not ended.is_set():
            cached_file(content, "sheet.png", str(tmp_path))

    makers = [threading.Thread(target=make) for _ in range(3)]
    for maker in makers:
        maker.start()
    try:
        assert all(path.read_bytes() == content for _ in range(300))
    finally:
        ended.set()
        for maker in makers:
            maker.join()


def test_a_file_that_is_used_again_is_young_again(tmp_path):
    path = Path(cached_file(b"one", "a.txt", str(tmp_path)))
    before = path.stat().st_ctime_ns
    cached_file(b"one", "a.txt", str(tmp_path))
    assert path.stat().st_ctime_ns > before
