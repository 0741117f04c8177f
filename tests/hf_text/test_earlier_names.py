"""Programs that were written with the family's earlier names still run."""

import pytest
from tiny_language import save_llama

from aigc_demo.pipelines.text_library import open_library
from aigc_demo.services import cards
from aigc_demo.services.hf_text import saving
from aigc_demo.services.hf_text.desk import Desk
from aigc_demo.services.hf_text.requests import Ask, Chat, Summarise, Translate
from aigc_demo.services.hf_text.service import HFTextService


def test_a_desk_of_ones_own_answers(tmp_path):
    desk = Desk(tmp_path / "none", tmp_path)
    desk._guest = open_library(save_llama(tmp_path / "model"), "someone/model")
    service = HFTextService(desk=desk)
    asked = {"name": "someone/model", "length": 3}
    for run in (
        service.chat(Chat(message="hello", **asked)),
        service.summarise(Summarise(text="hello", **asked)),
        service.ask(Ask(query="hello", context="ho", **asked)),
        service.translate(Translate(text="hello", **asked)),
    ):
        *_, last = run
        assert last.value.ended and last.value.by == "someone/model · transformers"


@pytest.mark.parametrize("text", ["<b>long</b>", "<td>1368</td>\n" * 857])
def test_what_is_shown_is_saved_with_the_longest_text_too(tmp_path, text):
    shown = {"turns": [{"role": "user", "content": "-"}, {"role": "assistant", "content": "Short."}], "live": ""}
    *_, last = saving.save("hf_text_summarise", Summarise(text=text), "html", shown)
    path = tmp_path / "saved.html"
    path.write_bytes(last.value)
    assert "Short." in path.read_text("utf-8") and cards.read(path).values["text"] == text
