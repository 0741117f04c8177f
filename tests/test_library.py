"""diffusers is imported at first use, by whoever comes first, and by several at once."""

import subprocess
import sys

TOGETHER = """
import threading, time
from aigc_demo.pipelines.library import diffusers

found = []
threads = [threading.Thread(target=lambda: found.append(diffusers().AutoencoderKL.__name__)) for _ in range(4)]
for thread in threads:
    thread.start()
    time.sleep(0.1)
for thread in threads:
    thread.join()
print(found)
"""


def test_several_at_once_get_the_whole_library():
    done = subprocess.run([sys.executable, "-c", TOGETHER], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == str(["AutoencoderKL"] * 4), done.stderr
