"""What a language model's own files say of how it writes. Every setting is honoured, or the model is refused for it.

Names are those of transformers' GenerationConfig; docs/hub.md has the table. What the page or the request sets
(temperature, top-k, top-p, min-p, repetition penalty, length) is not taken from the files, also where it is off.
"""

import uuid
from typing import Any

from aigc_demo.pipelines.settings import Rule, check, number, one_of

CHOSEN = {  # by the request, which never searches with beams: tokens are told one by one
    "do_sample",
    "early_stopping",
    "length_penalty",
    "max_length",
    "max_new_tokens",
    "min_p",
    "num_beams",
    "num_return_sequences",
    "repetition_penalty",
    "temperature",
    "top_k",
    "top_p",
}
SPEED = {  # about speed, memory or what the library hands out besides; the text is the same
    "assistant_confidence_threshold",
    "assistant_early_exit",
    "assistant_ensemble_weight",
    "assistant_lookbehind",
    "cache_config",
    "cache_implementation",
    "compile_config",
    "continuous_batching_config",
    "disable_compile",
    "is_assistant",
    "low_memory",
    "max_cache_len",
    "max_matching_ngram_size",
    "num_assistant_tokens",
    "num_assistant_tokens_schedule",
    "output_attentions",
    "output_hidden_states",
    "output_logits",
    "output_scores",
    "prefill_chunk_size",
    "prompt_lookup_num_tokens",
    "return_dict_in_generate",
    "speculation_type",
    "target_lookbehind",
    "transformers_version",
    "use_cache",
}
WHEN_DRAWING = ("epsilon_cutoff", "eta_cutoff", "top_h", "typical_p")  # act where tokens are drawn by chance alone
MOST = 1_000_000


def optional(rule: Rule) -> Rule:
    """None, or what the rule says."""
    return lambda value: value is None or rule(value)


def listed(rule: Rule) -> Rule:
    """A list whose entries all obey the rule."""
    return lambda value: isinstance(value, list) and all(map(rule, value))


def either(*rules: Rule) -> Rule:
    """A value that obeys one of the rules at least."""
    return lambda value: any(rule(value) for rule in rules)


def words(value: Any) -> bool:
    """A text that is not empty."""
    return isinstance(value, str) and value != ""


def decay(value: Any) -> bool:
    """(first position, factor) of a length penalty."""
    return isinstance(value, list) and len(value) == 2 and COUNT(value[0]) and number(float, 0, MOST)(value[1])


def biases(value: Any) -> bool:
    """[[tokens, bias], ...]."""
    pair = isinstance(value, list) and all(isinstance(entry, list) and len(entry) == 2 for entry in value)
    return pair and all(TOKENS(tokens) and number(float, -MOST, MOST)(bias) for tokens, bias in value)


COUNT = number(int, 0, MOST)
SHARE = number(float, 0, 1)
FACTOR = number(float, 1e-6, MOST)
TOKENS = listed(COUNT)
HONOURED: dict[str, Rule] = {
    "bad_words_ids": listed(TOKENS),
    "begin_suppress_tokens": TOKENS,
    "bos_token_id": COUNT,
    "decoder_start_token_id": COUNT,
    "encoder_no_repeat_ngram_size": COUNT,
    "encoder_repetition_penalty": FACTOR,
    "eos_token_id": either(COUNT, TOKENS),
    "epsilon_cutoff": SHARE,
    "eta_cutoff": SHARE,
    "exponential_decay_length_penalty": decay,
    "forced_bos_token_id": COUNT,
    "forced_eos_token_id": either(COUNT, TOKENS),
    "min_length": COUNT,
    "min_new_tokens": COUNT,
    "no_repeat_ngram_size": COUNT,
    "pad_token_id": number(int, -1, MOST),
    "remove_invalid_values": one_of(False, True),
    "renormalize_logits": one_of(False, True),
    "sequence_bias": biases,
    "stop_strings": either(words, listed(words)),
    "suppress_tokens": TOKENS,
    "top_h": SHARE,
    "typical_p": SHARE,
}
OFF: dict[str, Rule] = {  # values of what is not supported that change nothing
    "diversity_penalty": one_of(None, 0),
    "guidance_scale": one_of(None, 1),
    "num_beam_groups": one_of(None, 1),
    "penalty_alpha": one_of(None, 0),
}
RULES = {**OFF, **{setting: optional(rule) for setting, rule in HONOURED.items()}}


def read_generation(plain: dict[str, Any], name: str) -> dict[str, Any]:
    """The settings of a generation config that are honoured; BadRequestError for one that is not supported."""
    check(plain, RULES, CHOSEN | SPEED, name)
    return {setting: plain[setting] for setting in HONOURED if plain.get(setting) is not None}


def end_tokens(module: Any, tokenizer: Any, eos: Any) -> frozenset[int]:
    """Ids of all tokens that end what the model says, wherever its files declare them.

    `eos` is that of its generation config. A chat template shows one more: what follows a turn of the model.
    """
    config = getattr(module.config, "text_config", None) or module.config
    declared = [eos, getattr(config, "eos_token_id", None), tokenizer.eos_token_id, end_of_turn(tokenizer)]
    lists = [entry if isinstance(entry, list | tuple) else [entry] for entry in declared]
    return frozenset(token for tokens in lists for token in tokens if isinstance(token, int) and token >= 0)


def end_of_turn(tokenizer: Any) -> int | None:
    """The special token that the chat template puts after a turn of the model; None where there is none."""
    if tokenizer.chat_template is None:
        return None
    said = uuid.uuid4().hex  # stands nowhere else
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": said}]
    try:
        text = tokenizer.apply_chat_template(turns, tokenize=False)
    except Exception:  # templates raise what they like; a conversation will say so
        return None
    after = tokenizer(text.partition(said)[2], add_special_tokens=False)["input_ids"]
    special = {token for token, added in tokenizer.added_tokens_decoder.items() if added.special}
    return next((token for token in after[:2] if token in special), None)
