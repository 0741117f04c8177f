"""Into which languages a translation model with an encoder writes, as its own files say; others are refused."""

from dataclasses import replace
from typing import Any

from aigc_demo.core.errors import BadRequestError
from aigc_demo.pipelines.text_library import LibraryText

CODES = {  # language -> what files call it: Marian and M2M100, MADLAD, mBART, NLLB
    "french": ("fr", "fra", "fr_XX", "fra_Latn", "__fr__"),
    "german": ("de", "deu", "de_DE", "deu_Latn", "__de__"),
    "spanish": ("es", "spa", "es_XX", "spa_Latn", "__es__"),
    "italian": ("it", "ita", "it_IT", "ita_Latn", "__it__"),
    "english": ("en", "eng", "en_XX", "eng_Latn", "__en__"),
    "chinese": ("zh", "zho", "cmn_Hans", "zh_CN", "zho_Hans", "__zh__"),
}
SPOKEN = {code for codes in CODES.values() for code in codes}


def into(model: LibraryText, language: str) -> LibraryText:
    """The model set to write in `language`: its prefix for "translation" and its first token.

    BadRequestError where its files name no way into that language.
    """
    way = prefix(model, language)
    if way is not None:
        return replace(model, prefixes={"translation": way})
    special = {added.content: token for token, added in model.words.added_tokens_decoder.items() if added.special}
    start = special_name(model, model.own.get("decoder_start_token_id"))
    if start in SPOKEN:  # the decoder begins with its language
        if start in CODES[language]:
            return replace(model, prefixes={})
    elif code := next((code for code in CODES[language] if code in special), None):
        return replace(model, prefixes={}, own={**model.own, "forced_bos_token_id": special[code]})
    elif model.words.init_kwargs.get("target_lang") in CODES[language]:  # it knows one pair of languages
        return replace(model, prefixes={})
    raise BadRequestError("hub_language", name=model.name, language=language.capitalize())


def prefix(model: LibraryText, language: str) -> str | None:
    """What stands before the text: words of the config, or a token that names the language; None without either."""
    told = [words for task, words in model.prefixes.items() if task.startswith("translation")]
    fitting = [words for words in told if f"to {language.capitalize()}" in words]
    known = model.words.get_vocab()
    tokens = [token for code in CODES[language] for token in (f">>{code}<<", f"<2{code}>") if token in known]
    return next(iter([*fitting, *(f"{token} " for token in tokens)]), None)


def special_name(model: LibraryText, token: Any) -> str:
    """The text of a token; "" where there is none."""
    return str(model.words.convert_ids_to_tokens(token)) if isinstance(token, int) else ""
