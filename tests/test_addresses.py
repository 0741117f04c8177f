"""Which page an address means: links of every age, below any prefix."""

from urllib.parse import urljoin

import pytest

from aigc_demo.ui.addresses import moved, path

FAMILIES = ("gan", "gan_colour", "gpt", "hf_text")


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/?tab=gpt_write&seed=7&task=a+b%26", "/gpt?tab=gpt_write&seed=7&task=a+b%26"),
        ("/?lang=zh&tab=hf_text_chat", "/hf_text?lang=zh&tab=hf_text_chat"),
        ("/?tab=hf_text", "/hf_text"),
        ("/?tab=hf_text&lang=zh", "/hf_text?lang=zh"),
        ("/?tab=gan_colour_draw", "/gan_colour?tab=gan_colour_draw"),
        ("/?tab=gan_draw", "/gan?tab=gan_draw"),
        ("/?tab=home&lang=en", "/?lang=en"),
        ("/gan?tab=gpt_write", "/gpt?tab=gpt_write"),
        ("/gan?tab=home", "/"),
        ("/gan?tab=gan&seed=1", "/gan?seed=1"),
        ("/gan/", "/gan"),
        ("/gan/?tab=gpt_cache", "/gpt?tab=gpt_cache"),
        ("/gan?tab=gan_nothing", None),
        ("/?tab=nothing", None),
        ("/?tab=", None),
        ("/", None),
        ("/gan?lang=zh&seed=1", None),
        ("/config?tab=gpt_write", None),
    ],
)
@pytest.mark.parametrize("prefix", ["http://here", "https://here/space/lab"])
def test_an_address_leads_to_its_page(address, target, prefix):
    asked, _, query = address.partition("?")
    place = moved(asked, query, FAMILIES)
    assert (place and urljoin(prefix + address, place)) == (target and prefix + target)
    if place:
        assert moved(*place.removeprefix("..").removeprefix(".").partition("?")[::2], FAMILIES) is None


@pytest.mark.parametrize(
    ("whole", "root", "below"),
    [("/gan", "", "/gan"), ("/lab/gan", "/lab", "/gan"), ("/lab", "/lab/", "/"), ("/labour", "/lab", "/labour")],
)
def test_the_path_is_below_the_prefix_of_the_server(whole, root, below):
    assert path({"path": whole, "root_path": root}) == below
