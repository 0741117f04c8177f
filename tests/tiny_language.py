"""A tiny Llama and a tiny tokenizer, as transformers saves them: made in seconds, for the tests of hf_text."""

import json

import torch
from tokenizers import AddedToken, Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.pipelines.convert import to_library

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'"
    " }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def tokenizer():
    """A token per byte, two merges, and the marks of ChatML."""
    letters = sorted(ByteLevel.alphabet())
    vocabulary = {name: i for i, name in enumerate([*SPECIAL, *letters, "he", "hell"])}
    made = Tokenizer(BPE(vocabulary, [("h", "e")]))
    made.pre_tokenizer = ByteLevel(add_prefix_space=False)
    made.decoder = ByteLevelDecoder()
    made.add_special_tokens([AddedToken(name, special=True) for name in SPECIAL])
    return made


def save_words(folder):
    """tokenizer.json and its config in `folder`."""
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer(),
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        chat_template=TEMPLATE,
    ).save_pretrained(folder)


def config(**changes):
    """A Llama with grouped queries."""
    plain = {"vocabulary": len(tokenizer().get_vocab()), "context": 256, "width": 32, "n_layer": 2, "n_head": 4}
    return GPTConfig("llama", **{**plain, "n_kv_head": 2, "hidden": 48, **changes})


def network(seed=0, **changes):
    """The network with weights large enough that it says something."""
    generator = torch.Generator().manual_seed(seed)
    model = GPT(config(**changes))
    for tensor in model.parameters():
        tensor.data.copy_(torch.randn(tensor.shape, generator=generator) * 0.3 + (tensor.ndim == 1))
    return model.eval()


def save_llama(folder, **changes):
    """What a folder of SmolLM2 holds, tiny: config.json, model.safetensors, tokenizer.json."""
    module = to_library(network(**changes))
    module.config.eos_token_id = module.generation_config.eos_token_id = 2
    module.save_pretrained(folder)
    save_words(folder)
    return folder


def save_t5(folder):
    """A tiny model with an encoder, for summaries and translations."""
    torch.manual_seed(0)
    size = len(tokenizer().get_vocab())
    options = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2, "decoder_start_token_id": 0}
    T5ForConditionalGeneration(T5Config(vocab_size=size, **options, pad_token_id=0, eos_token_id=2)).save_pretrained(
        folder
    )
    save_words(folder)
    path = folder / "config.json"
    tasks = {"translation_en_to_fr": {"prefix": "translate English to French: "}}
    path.write_text(json.dumps({**json.loads(path.read_text()), "task_specific_params": tasks}))
    return folder
