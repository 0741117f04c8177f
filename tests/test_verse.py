"""Poems as data: what is kept of the package, the split, rows and batches, couplets, the tables of tones and rhymes."""

import io
import itertools
import json
import tarfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from aigc_demo.core.errors import UnavailableError
from aigc_demo.data import couplets, poem_text, prosody, sets, tones, verse
from aigc_demo.data.characters import Characters
from aigc_demo.data.poem_files import PROSE, pack_poems
from aigc_demo.data.poem_text import Poem, apart, read_poems

FIVE = "白日依山盡，黃河入海流。欲窮千里目，更上一層樓。"
FIVE_TONES = "仄仄平平仄，平平仄仄平。仄平平仄仄，仄仄仄平平。"
LONG = (
    "風急天高猿嘯哀，渚清沙白鳥飛迴。無邊落木蕭蕭下，不盡長江滾滾來。"
    "萬里悲秋常作客，百年多病獨登臺。艱難苦恨繁霜鬢，潦倒新停濁酒杯。"
)
LONG_TONES = (
    "平仄平平平仄平，仄平平仄仄平平。平平仄仄平平仄，仄仄平平仄仄平。"
    "仄仄平平平仄仄，仄平平仄仄平平。平平仄仄平平仄，仄仄平平仄仄平。"
)


def entry(text, key="a", title="題", author="人"):
    return {"title": title, "author": author, "paragraphs": [text], "id": key}


@pytest.fixture
def package(tmp_path):
    """What a package of so many files is unpacked into."""

    def make(files):
        path = tmp_path / "package.tgz"
        with tarfile.open(path, "w:gz") as archive:
            for name, content in files.items():
                raw = json.dumps(content, ensure_ascii=False).encode()
                member = tarfile.TarInfo(f"package/dist/{name}.json")
                member.size = len(raw)
                archive.addfile(member, io.BytesIO(raw))
        with tarfile.open(path) as archive:
            pack_poems(archive, tmp_path)
        return tmp_path

    return make


def contents(tang=(), strains=(), song=(), prose=None):
    files = {"quantangshi/poet.tang.0": list(tang), "quantangshi/poet.song.0": list(song)}
    files["strains/json/poet.tang.0"] = [{"id": key, "strains": [text]} for key, text in strains]
    for book in PROSE:
        files[f"mengxue/{book}"] = {
            "content": [{"content": [{"chapter": "章", "paragraphs": (prose or {}).get(book, [])}]}]
        }
    return files


def test_only_poems_of_regular_form_are_kept_with_tones_that_fit(package):
    poems = [entry(FIVE), entry("白日依山盡。", "b"), entry(FIVE.replace("海", ""), "c"), entry(LONG, "d", "登\t高")]
    folder = package(contents(poems, [("a", FIVE_TONES), ("d", LONG_TONES[:-1])]))
    rows = [line.split("\t") for line in (folder / "poems.tsv").read_text("utf-8").splitlines()]
    assert [(row[0], row[1], row[3][:5]) for row in rows] == [
        ("tang", "題", "白日依山盡"),
        ("tang", "登 高", "風急天高猿"),
    ]
    assert rows[0][4] == "仄仄平平仄 平平仄仄平 仄平平仄仄 仄仄仄平平"
    assert rows[1][4].count("平") > 0
    assert len((folder / "prose.tsv").read_text("utf-8")) == 0


def test_a_package_without_a_book_is_refused(package):
    files = contents([entry(FIVE)])
    del files["mengxue/shenglvqimeng"]
    with pytest.raises(ValueError, match="shenglvqimeng"):
        package(files)


def test_poems_are_read_simplified_and_once(package):
    pytest.importorskip("opencc")
    folder = package(
        contents([entry(FIVE), entry(FIVE, "b"), entry(FIVE.replace("白", "□"), "c")], [("a", FIVE_TONES)])
    )
    (poem,) = read_poems(folder)
    assert poem.lines[0] == "白日依山尽" and poem.lines[3] == "更上一层楼"
    assert poem.form == "jueju5" and poem.tones[1] == "平平仄仄平"
    assert poem_text.simplify("蘂鬬著書看著") == "蕊斗著书看着"


def test_without_opencc_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(poem_text, "import_module", lambda name: (_ for _ in ()).throw(ImportError(name)))
    with pytest.raises(UnavailableError, match="Install the package opencc"):
        poem_text.simplify("樓")


def test_nothing_of_a_held_out_poem_is_learnt_from_not_even_with_a_character_changed():
    def made(lines, tested):
        return Poem("", "", tuple(lines), (), tested)

    held = made(["白日依山尽", "黄河入海流"], True)
    same, near, far = (made([line, "欲穷千里目"], False) for line in ("白日依山尽", "白日依水尽", "白月依水尽"))
    train, test = apart([same, held, near, far])
    assert test == [held] and train == [far]


def test_a_share_of_texts_is_chosen_by_their_hash_alone():
    texts = [f"詩{i}" for i in range(4000)]
    some = [text for text in texts if poem_text.chosen(text, 0.03)]
    assert 80 < len(some) < 160
    assert set(some) <= {text for text in texts if poem_text.chosen(text, 0.1)}


@pytest.fixture
def shelf(monkeypatch):
    """The module `verse` over made-up poems of every form."""
    random = np.random.default_rng(0)
    letters = [chr(0x4E00 + i) for i in range(40)]

    def line(width):
        return "".join(random.choice(letters, width))

    shapes = [(5, 4), (7, 4), (5, 8), (7, 8), (5, 12), (7, 6)] * 8
    poems = [
        Poem("題" * (i % 15), "", tuple(line(width) for _ in range(count)), (), i % 9 == 0)
        for i, (width, count) in enumerate(shapes)
    ]
    monkeypatch.setattr(verse, "read_poems", lambda folder, most: [p for p in poems if len(p.lines) <= most])
    verse.split_poems.cache_clear()
    yield poems
    verse.split_poems.cache_clear()


def test_a_row_has_form_title_lines_and_end(shelf):
    characters = Characters(verse.poem_characters("x"))
    poem = Poem("题", "", ("一丁七丂七", "丄丅丆万丈"), (), False)
    assert verse.row_of(poem, characters, titled=False) == "⑤：一丁七丂七，丄丅丆万丈。\n"
    titled = Poem("題題", "", poem.lines * 2, (), False)
    assert verse.row_of(titled, characters) == "①題題：一丁七丂七，丄丅丆万丈。一丁七丂七，丄丅丆万丈。\n"
    assert verse.row_of(Poem("龘", "", poem.lines, (), False), characters).startswith("⑤：")
    assert verse.plain_title("杂曲歌辞 长干曲四首 一（一作别）：") == "杂曲歌辞·长干曲四首"


def test_batches_hold_whole_rows_and_ask_the_next_character(shelf):
    characters = Characters(verse.poem_characters("x"))
    train = verse.poem_split("x", "train")
    wanted = {verse.row_of(poem, characters, titled) for poem in train for titled in (True, False)}
    seen = Counter()
    untitled = 0
    for x, targets in itertools.islice(verse.poem_batches("x", "train", 300, seed=1), 60):
        assert x.shape == targets.shape and x.numel() <= 300 and x.shape[1] < verse.ROW
        for row, target in zip(x.tolist(), targets.tolist(), strict=True):
            asked = [token for token in target if token != verse.NOTHING]
            assert row[1 : len(asked)] == asked[:-1]
            text = characters.decode([row[0], *asked])
            assert text in wanted
            seen[text.partition("：")[2]] += 1
            untitled += text[1] == "："
    assert len(seen) == len(train)  # every poem comes
    assert max(seen.values()) - min(seen.values()) <= 1  # once a round
    assert 0.25 < untitled / sum(seen.values()) < 0.5


def test_batches_are_the_same_for_a_seed_and_others_for_a_later_start(shelf):
    first, again, later = (next(verse.poem_batches("x", "train", 300, 0, step))[0].tolist() for step in (0, 0, 5))
    assert first == again != later


def test_clauses_of_parallel_prose_become_couplets():
    long = list(couplets.parallel("两鬓风霜，途次早行之客；一蓑烟雨，溪边晚钓之翁", False))
    assert long == [
        ("两鬓风霜，途次早行之客", "一蓑烟雨，溪边晚钓之翁"),
        ("两鬓风霜", "一蓑烟雨"),
        ("途次早行之客", "溪边晚钓之翁"),
    ]
    assert list(couplets.parallel("云对雨，雪对风，晚照对晴空", True)) == [("云", "雨"), ("雪", "风"), ("晚照", "晴空")]
    assert list(couplets.parallel("落霞与孤鹜齐飞，秋水共长天一色", False)) == [("落霞与孤鹜齐飞", "秋水共长天一色")]
    assert list(couplets.parallel("初，郑武公娶于申", False)) == []
    assert not couplets.answers("白日依山尽", "山日依白尽") and not couplets.answers("一，二三四", "一二，三四")


def test_a_poem_is_regulated_when_its_ends_and_inner_couplets_are_opposed():
    lines = tuple(LONG_TONES.replace("。", "，").split("，")[:-1])
    assert couplets.regulated(lines)
    assert not couplets.regulated(())
    assert not couplets.regulated((*lines[:3], lines[3][:-1] + "仄", *lines[4:]))
    assert not couplets.regulated((lines[0], lines[1], *([lines[3][:-1] + "仄", lines[3]] * 3)))


def test_famous_lines_and_their_essay_are_held_out(package, monkeypatch):
    pytest.importorskip("opencc")
    essay = {"chapter": couplets.ESSAY, "paragraphs": ["落霞與孤鶩齊飛，秋水共長天一色。北海雖賒，扶搖可接。"]}
    files = contents([entry(LONG)], [("a", LONG_TONES)], prose={"zengguangxianwen": ["酒逢知己飲，詩向會人吟。"]})
    files["mengxue/guwenguanzhi"] = {"content": [{"content": [essay]}]}
    monkeypatch.setattr(couplets, "chosen", lambda text, share: False)
    couplets.split_couplets.cache_clear()
    folder = package(files)
    train = couplets.couplets(folder, "train")
    assert ("万里悲秋常作客", "百年多病独登台") in train and ("酒逢知己饮", "诗向会人吟") in train
    assert not any("落木" in upper or "落霞" in upper or "北海" in upper for upper, _ in train)
    famous = couplets.split_couplets.__wrapped__  # the known ones need characters that so few poems do not have
    monkeypatch.setattr(couplets, "KEPT", 10**6)
    assert ("北海虽赊", "扶摇可接") not in famous(folder)[1]["train"]
    couplets.split_couplets.cache_clear()


def test_a_line_that_is_nearly_famous_is_known():
    famous = {}
    for line in ("落霞与孤鹜齐飞", "海内存知己"):
        for place in couplets.places(line):
            famous.setdefault(place, []).append(line)
    assert couplets.like_famous("落霞与孤雁齐鸣", famous)
    assert couplets.like_famous("海内存相己", famous)
    assert not couplets.like_famous("落花与孤雁齐鸣", famous)
    assert not couplets.like_famous("海上存相己", famous)


def test_the_tone_of_a_character_is_that_of_most_of_its_places():
    poem = Poem("", "", ("甲乙丙丁戊",) * 4, ("平仄平○平", "平仄仄○平", "平仄平○平", "平仄仄○平"), False)
    found = tones.tones([poem] * 2)
    assert found == {"平": "戊甲", "仄": "乙", "○": "丁丙"}


def test_groups_of_rhymes_are_found_again_from_who_rhymed_with_whom(monkeypatch):
    random = np.random.default_rng(0)
    books = ["东中风空", "天年前边", "秋流游愁"]
    poems = []
    for i in range(600):
        ends = random.choice(list(books[i % 3]), 4, replace=False)
        lines = tuple(line for end in ends for line in ("一二三四五", f"一二三四{end}"))
        poems.append(Poem("", "", lines, (), False))
    assert sorted("".join(sorted(group)) for group in tones.rhymes(poems)) == sorted("".join(sorted(b)) for b in books)


def test_the_shipped_table_knows_tones_and_rhymes():
    table = prosody.Prosody.read(Path(__file__).resolve().parent.parent / "assets")
    assert table.pattern("黄河入海流") == "平平仄仄平"
    assert table.tone("白") == "仄" and table.tone("看") == "○" and table.tone("☃") == "？"  # 白 ended in -k
    assert table.rhyme("流", "楼") and table.rhyme("斜", "家") and not table.rhyme("流", "山")
    assert table.rhyme("流", "☃") is None
    assert table.opposed("山", "水") and table.opposed("山", "天") is False and table.opposed("看", "山") is None
    assert table.nearest("樓", "楼") == "楼" and table.nearest("樓", "山") is None and table.nearest("x", "x") is None


def test_the_data_set_is_listed_with_the_package_it_comes_from():
    assert sets.DATA_SETS["poems"].packages[0].name == "chinese-poetry@2.0.1"
