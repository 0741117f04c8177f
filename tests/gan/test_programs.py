"""Programs of the picture use cases, and the same networks in plain torch from the papers' tables."""

import runpy

import numpy as np
import pytest
import torch
from PIL import Image
from runs import title
from tiny_gan import tiny
from torch import nn

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.gan import GAN, GANConfig, Generator
from aigc_demo.pipelines.convert import from_library, to_library
from aigc_demo.services.gan.requests import Classes, Draw, Mix, Morph, Walk

SCRIPTS = [
    Draw(),
    Draw(model="mlp", count=7, limit=1.0),
    Draw(model="colour", count=3, seed=2**32 - 1),
    Draw(model="conditional", count=10, digit=3),
    Draw(model="conditional", seed=8, count=5),
    Walk(frames=5),
    Walk(model="conditional", circle=True, frames=4, seed_from=13),
    Walk(seed_from=3, seed_to=3, frames=2, limit=0.5),
    Mix(model="conditional"),
    Mix(model="collapsed", strength=1.5),
    Classes(columns=3, limit=2.0),
    Morph(frames=4, limit=0.5),
]


def python(service, request):
    """The two programs of a request."""
    return service.service.python(f"gan_{type(request).__name__.lower()}", request)


@pytest.mark.parametrize("request_", SCRIPTS, ids=title)
def test_both_scripts_draw_the_same(service, project, monkeypatch, request_):
    """In the project's folder, on its weights; one shade of 256 may differ, as rounding may fall either way."""
    monkeypatch.chdir(project)
    for place in ("aigc_demo.checkpoints.store", "aigc_demo.services.service"):
        monkeypatch.setattr(f"{place}.Store", lambda device="cpu": service.store)
    for side, source in zip(("ours", "library"), python(service, request_), strict=True):
        (project / f"{side}.py").write_text(source)
        runpy.run_path(f"{side}.py", run_name="__main__")
    ours, library = (np.asarray(Image.open(f"{side}.png"), np.int16) for side in ("ours", "library"))
    assert ours.shape == library.shape and np.ptp(ours) > 20
    assert np.abs(ours - library).max() <= 1


@pytest.mark.parametrize("request_", SCRIPTS, ids=title)
def test_scripts_are_tidy(service, request_):
    ours, library = python(service, request_)
    assert "aigc_demo" in ours and "torch" in library
    assert "models.gan" not in library and "services.service" not in library, "it has the networks of torch"
    for source in (ours, library):
        assert source.endswith("\n") and "\n\n\n\n" not in source and "\t" not in source
        assert max(len(line) for line in source.splitlines() if " = {" not in line and "NAME" not in line) <= 120
        compile(source, "script", "exec")


# the same networks, written with nothing but torch from the papers' tables


def dcgan_28(width):
    """Radford et al., 2015, figure 1, for 28 x 28: 7 -> 14 -> 28."""
    return nn.Sequential(
        *(nn.ConvTranspose2d(100, 2 * width, 7, bias=False), nn.BatchNorm2d(2 * width), nn.ReLU()),
        *(nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()),
        *(nn.ConvTranspose2d(width, 1, 4, 2, 1), nn.Tanh()),
    )


def dcgan_64(width):
    """The same for 64 x 64 in colour: 4 -> 8 -> 16 -> 32 -> 64."""
    layers = [nn.ConvTranspose2d(100, 8 * width, 4, bias=False), nn.BatchNorm2d(8 * width), nn.ReLU()]
    for maps in (4 * width, 2 * width, width):
        layers += [nn.ConvTranspose2d(2 * maps, maps, 4, 2, 1, bias=False), nn.BatchNorm2d(maps), nn.ReLU()]
    return nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1), nn.Tanh())


def article():
    """The article's network: 100 - 256 - 512 - 784."""
    hidden = [nn.Linear(100, 256), nn.LeakyReLU(0.2), nn.Linear(256, 512), nn.LeakyReLU(0.2)]
    return nn.Sequential(*hidden, nn.Linear(512, 784), nn.Tanh())


def critic_28(width):
    """28 -> 14 -> 7, then one number from all maps; batch normalisation but where the picture comes in."""
    first = [nn.Conv2d(1, width, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False)]
    last = [nn.BatchNorm2d(2 * width), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(98 * width, 1)]
    return nn.Sequential(*first, *last)


PLAIN = {
    "gan-digits-r3": (dcgan_28(4), (100, 1, 1)),
    "gan-colour": (dcgan_64(4), (100, 1, 1)),
    "gan-digits-mlp": (article(), (100,)),
}


def settled(model):
    """Batch statistics and scales as training leaves them: not 0 and 1."""
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_()
            layer.running_var.uniform_(0.5, 2)
            layer.weight.data.normal_(1, 0.2)
            layer.bias.data.normal_()
    return model.eval()


@pytest.mark.parametrize("id", PLAIN)
def test_a_generator_is_the_table_of_its_paper(id):
    plain, shape = PLAIN[id]
    model = settled(tiny(id))
    plain.load_state_dict(model.generator.layers.state_dict())
    z = torch.randn(5, 100)
    expected = plain.eval()(z.view(5, *shape)).view(5, model.config.channels, *[model.config.image_size] * 2)
    torch.testing.assert_close(model.generator(z), expected)


def test_a_critic_is_the_table_of_its_paper():
    model = settled(GAN(GANConfig(critic_width=6)))
    plain = critic_28(6)
    tensors = [*model.critic.body.state_dict().values(), *model.critic.head.state_dict().values()]
    plain.load_state_dict(dict(zip(plain.state_dict(), tensors, strict=True)))
    x = torch.rand(5, 1, 28, 28) * 2 - 1
    torch.testing.assert_close(model.critic(x), plain.eval()(x)[:, 0])


def test_a_class_is_projected_onto_the_features():
    model = tiny("gan-digits-conditional")
    model.critic.classes.weight.data.normal_()
    x, label = torch.rand(5, 1, 28, 28), torch.tensor([3, 1, 4, 1, 5])
    features = model.critic.body(x)
    expected = torch.stack([row @ model.critic.classes.weight[k] for row, k in zip(features, label, strict=True)])
    torch.testing.assert_close(model.critic(x, label), expected + model.critic.head(features)[:, 0])


@pytest.mark.parametrize("id", [*PLAIN, "gan-digits-conditional"])
def test_the_twin_is_plain_and_comes_back(id):
    model = settled(tiny(id))
    twin = to_library(model)
    assert type(twin) is nn.Sequential and all(type(layer).__module__.startswith("torch.nn") for layer in twin)
    z = torch.randn(4, 132 if "conditional" in id else 100)
    back = from_library(twin)
    assert isinstance(back, Generator)
    torch.testing.assert_close(back(z), model.generator.draw(z))
    twin[0].weight.data.zero_()
    assert back.layers[0].weight.any() and model.generator.layers[0].weight.any()  # nobody shares memory


@pytest.mark.parametrize(
    "module", [nn.Sequential(), nn.Sequential(nn.ReLU()), nn.Sequential(nn.Linear(4, 9), nn.Tanh()), critic_28(2)]
)
def test_other_tables_are_refused(module):
    with pytest.raises(BadRequestError) as refusal:
        from_library(module)
    assert refusal.value.key == "library_form"
