"""The tab of music in a real browser: a first result to look into, a chorale that is written, a rival, a melody."""

import re
import wave

import pytest
from browser import QUICK, RUN, Notes, badge_of, open_tab, part, ready, toast, untranslated
from conftest import running
from fluid import stand_in
from playwright.sync_api import expect

PAGE = "music"
WRITE, HARMONISE, TRAINING = "music_write", "music_harmonise", "music_training"


@pytest.fixture
def music(visit):
    """Open an inner tab as a new visitor; page and piano roll."""

    def open_music(tab, **options):
        page = visit(**options)
        open_tab(page, tab)
        roll = part(page, tab, "view", ".lx-roll")
        expect(roll).to_have_attribute("data-done", "1", timeout=QUICK)
        return page, roll

    return open_music


def test_a_chorale_is_written_and_a_rival_is_gone_on_from(music):
    page, roll = music(WRITE)
    assert not untranslated(page)
    roll.locator("canvas").focus()
    for _ in range(6):  # the sixth sign of the alto
        roll.locator("canvas").press("ArrowRight")
    roll.locator("canvas").press("ArrowDown")
    expect(roll.locator(".lx-roll-note")).to_contain_text("Alto")
    before = roll.get_attribute("data-run")
    roll.locator(".lx-rival-note:not(:disabled)").first.click()
    expect(roll).not_to_have_attribute("data-run", before, timeout=RUN)
    expect(roll).to_have_attribute("data-done", "1", timeout=RUN)
    expect(roll.locator(".lx-roll-facts")).to_have_text(re.compile("nats"))


def test_a_melody_is_clicked_and_harmonised(music):
    page, roll = music(HARMONISE)
    editor = part(page, HARMONISE, "melody", ".lx-melody")
    editor.locator(".lx-clear").click()
    page.locator(f"#{HARMONISE}-run").click()
    expect(toast(page)).to_contain_text("no melody", timeout=RUN)
    canvas = editor.locator("canvas")
    for step, pitch in ((0, 67), (2, 69), (4, 71), (6, 67)):
        canvas.click(position={"x": 11 * step + 5, "y": 8 * (81 - pitch) + 4})
    before = roll.get_attribute("data-run")
    page.locator(f"#{HARMONISE}-run").click()
    expect(roll).not_to_have_attribute("data-run", before, timeout=RUN)
    expect(roll).to_have_attribute("data-done", "1", timeout=RUN)
    expect(roll).to_have_attribute("data-steps", "8")


def test_the_course_of_the_training_is_scrubbed_heard_and_set_beside_bach(visit):
    page = visit()
    open_tab(page, TRAINING)
    view = part(page, TRAINING, "view", ".lx-grown")
    expect(view).to_have_attribute("data-ready", "lstm-chorales", timeout=QUICK)
    assert not untranslated(page)
    facts, asked = view.locator(".lx-facts-line"), len(page.notes.requests)
    young, scrubber = facts.inner_text(), view.locator("input[type=range]")
    expect(view).to_have_attribute("data-frame", "0")
    scrubber.press("End")
    expect(view).to_have_attribute("data-frame", scrubber.get_attribute("max"))
    assert facts.inner_text() != young
    view.locator(".lx-grown-bach").click()
    expect(view).to_have_attribute("data-shown", "bach")
    expect(facts).to_contain_text("Bach’s own")
    hear = view.locator(".lx-grown-hear")
    hear.click()
    expect(hear).to_have_class(re.compile("lx-playing"))
    hear.click()
    expect(hear).not_to_have_class(re.compile("lx-playing"))
    assert len(page.notes.requests) == asked


@pytest.fixture(scope="module")
def with_font(tmp_path_factory):
    """The address of an app with a stand-in of FluidSynth and its font."""
    folder = tmp_path_factory.mktemp("font")
    for _, address, _ in running(folder, AIGC_WARM="0", **stand_in(folder)):
        yield address


@pytest.fixture
def heard(browser, with_font):
    """A page of that app, whatever else is asked of it."""
    context = browser.new_context(locale="en-GB")

    def open_page(query):
        page = context.new_page()
        page.notes = Notes(with_font)
        page.notes.listen(page)
        page.goto(f"{with_font}/music{query}")
        ready(page)
        return page

    yield open_page
    for page in context.pages:
        page.notes.clean()
    context.close()


def choose(page, tab, name):
    """Another instrument."""
    part(page, tab, "instrument", "input").click()
    page.get_by_role("option", name=name, exact=True).click()


def moved(page, roll):
    """Whether the cursor goes on: the canvas changes."""
    canvas = roll.locator(".lx-roll-box canvas")
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    page.wait_for_timeout(600)
    return canvas.evaluate("canvas => canvas.toDataURL()") != before


@pytest.mark.parametrize("tab", [WRITE, HARMONISE])
def test_an_instrument_is_fetched_once_and_played_while_the_cursor_moves(heard, tab):
    page = heard(f"?tab={tab}")
    roll, asked = part(page, tab, "view", ".lx-roll"), lambda: [u for u in page.notes.requests if "/instruments/" in u]
    expect(roll).to_have_attribute("data-done", "1", timeout=QUICK)
    button, playing = roll.locator(".lx-play"), re.compile("lx-playing")
    choose(page, tab, "Piano")
    expect(roll).to_have_attribute("data-instrument", "piano", timeout=QUICK)
    button.click()
    expect(button).to_have_class(playing)
    page.wait_for_timeout(500)
    assert moved(page, roll)
    choose(page, tab, "Choir")  # it goes on with the other
    expect(roll).to_have_attribute("data-instrument", "choir", timeout=QUICK)
    assert moved(page, roll)
    expect(button).to_have_class(playing)
    button.click()
    expect(button).not_to_have_class(playing)
    assert not moved(page, roll)
    choose(page, tab, "Piano")
    button.click()
    assert moved(page, roll)
    button.click()
    assert [url.rpartition("/")[2] for url in asked()] == ["piano.flac", "choir.flac"]
    expect(roll.locator(".lx-roll-player")).to_have_text("")


@pytest.mark.parametrize(("query", "state"), [("instrument=piano", "cached"), ("instrument=piano&seed=77", "earlier")])
def test_a_link_to_an_instrument_leaves_the_result_as_it_is(heard, query, state):
    page = heard(f"?tab={WRITE}&{query}")
    expect(part(page, WRITE, "view", ".lx-roll")).to_have_attribute("data-instrument", "piano", timeout=QUICK)
    page.wait_for_timeout(600)
    expect(badge_of(page, WRITE)).to_have_attribute("data-state", state)


def test_our_organ_plays_where_an_instrument_cannot_be_fetched(heard):
    page = heard(f"?tab={WRITE}")
    roll = part(page, WRITE, "view", ".lx-roll")
    expect(roll).to_have_attribute("data-done", "1", timeout=QUICK)
    page.route("**/instruments/*", lambda route: route.fulfill(status=200, body="no sound"))
    choose(page, WRITE, "Brass")
    expect(roll.locator(".lx-roll-player")).to_contain_text("our organ plays instead")
    expect(roll).to_have_attribute("data-instrument", "organ")
    roll.locator(".lx-play").click()
    page.wait_for_timeout(500)
    assert moved(page, roll)
    page.unroute("**/instruments/*")
    choose(page, WRITE, "Choir")
    expect(roll).to_have_attribute("data-instrument", "choir", timeout=QUICK)


def test_a_link_names_the_instrument_and_the_file_is_saved_with_it(heard):
    page = heard(f"?tab={WRITE}&instrument=strings")
    roll = part(page, WRITE, "view", ".lx-roll")
    expect(roll).to_have_attribute("data-instrument", "strings", timeout=QUICK)
    page.locator(f"#{WRITE}-format input[value=wav]").check(force=True)
    with page.expect_download(timeout=RUN) as download:
        page.locator(f"#tab-{WRITE} [data-do=save]").click()
    with wave.open(str(download.value.path())) as file:
        assert file.getframerate() == 44_100 and file.getnframes() > 10 * 44_100


def test_a_machine_without_a_font_says_what_to_install_beside_the_choice(browser, tmp_path):
    for _, address, _ in running(tmp_path, AIGC_WARM="0", AIGC_SOUND_FONT=str(tmp_path / "none.sf2")):
        page = browser.new_page(locale="zh-CN")
        page.goto(f"{address}/music?tab={WRITE}")
        ready(page)
        assert "apt-get install fluidsynth" in page.locator(f"#tab-{WRITE} .lx-result").inner_text()
        roll = part(page, WRITE, "view", ".lx-roll")
        expect(roll).to_have_attribute("data-done", "1", timeout=QUICK)
        choose(page, WRITE, "钢琴")
        expect(roll.locator(".lx-roll-player")).to_contain_text("我们的管风琴")
        page.locator(f"#{WRITE}-run").click()
        expect(toast(page)).to_contain_text("AIGC_SOUND_FONT", timeout=RUN)
        page.close()
