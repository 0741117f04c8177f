"""What can be asked of the models of chorales: one frozen request per use case, bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import SEED, Choice, Range, Request, Text
from aigc_demo.data.sound_font import ORGAN, PROGRAMS

MODELS = ("gpt-chorales", "lstm-chorales")  # ids of their checkpoints
COURSE = "lstm-chorales"  # the one whose training can be followed
TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
KEYS = (*TONICS, *(f"{tonic}m" for tonic in TONICS))  # as data/chorales.Chorale.key counts them
AUTO = "auto"  # the key that fits the melody best
BARS = 16  # of the longest melody
MELODY = (  # Ode to Joy (Beethoven, 1824): two phrases
    "66 - 66 - 67 - 69 - 69 - 67 - 66 - 64 - 62 - 62 - 64 - 66 - 66 - - 64 64 - - - "
    "66 - 66 - 67 - 69 - 69 - 67 - 66 - 64 - 62 - 62 - 64 - 66 - 64 - - 62 62 - - -"
)

Model = Annotated[str, Choice(MODELS)]
Instrument = Annotated[str, Choice(tuple(PROGRAMS))]  # all but our organ need a sound font
Metre = Annotated[int, Choice((4, 3))]
Tempo = Annotated[float, Range(40, 160, 1)]  # beats a minute
Temperature = Annotated[float, Range(0, 2, 0.05)]
TopK = Annotated[int, Range(0, 50)]
Share = Annotated[float, Range(0, 1, 0.01)]
Seed = Annotated[int, SEED]
Opening = Annotated[str, Text(4000)]  # numbers of the tokens that are kept, see data/chorale_tokens.py


@dataclass(frozen=True)
class Write(Request):
    """Write a chorale for four voices."""

    queue: ClassVar[str] = "writing"

    key: Annotated[str, Choice(KEYS)] = "G"
    temperature: Temperature = 0.9
    bars: Annotated[int, Range(2, 12)] = 8  # it ends with the phrase in which the last of them falls
    tempo: Tempo = 76.0
    metre: Metre = 4
    model: Model = "gpt-chorales"
    top_k: TopK = 0
    top_p: Share = 0.95
    strict: bool = False  # what would make parallel fifths or octaves is left out of the draw
    seed: Seed = 7
    opening: Opening = ""
    instrument: Instrument = ORGAN  # what it is heard and saved with; the music stays as it is


@dataclass(frozen=True)
class Harmonise(Request):
    """Alto, tenor and bass to a given melody, which stays as it is."""

    queue: ClassVar[str] = "writing"

    melody: Annotated[str, Text(700_000)] = MELODY  # a sign per eighth: a MIDI pitch, - held, . rest; or a MIDI file
    key: Annotated[str, Choice((AUTO, *KEYS))] = AUTO
    temperature: Temperature = 0.8
    tempo: Tempo = 96.0
    metre: Metre = 4
    upbeat: Annotated[int, Range(0, 3)] = 0  # beats before the first bar line
    model: Model = "gpt-chorales"
    top_k: TopK = 0
    top_p: Share = 0.9
    strict: bool = False  # what would make parallel fifths or octaves is left out of the draw
    seed: Seed = 7
    opening: Opening = ""
    instrument: Instrument = ORGAN  # what it is heard and saved with; the music stays as it is


@dataclass(frozen=True)
class Beside(Request):
    """Our network and transformers', same weights, the likeliest token always."""

    melody: Annotated[str, Text(700_000)] = MELODY
    length: Annotated[int, Range(1, 400)] = 200
