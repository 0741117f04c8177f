"""Diffusion on linear codes: what the code keeps, what the network takes, and that it learns."""

import torch

from aigc_demo.checkpoints import files
from aigc_demo.models.code_diffusion import CodeConfig, CodeDiffusion
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.training.diffusion import denoising_loss

TINY = CodeConfig.tiny()


def pictures(count):
    """Pictures that lie in a space of as many dimensions as the code has."""
    generator = torch.Generator().manual_seed(0)
    directions = torch.randn(TINY.code, 64, generator=generator)
    return (torch.randn(count, TINY.code, generator=generator) @ directions + 0.3).view(count, *TINY.picture)


def test_the_code_keeps_what_lies_in_its_space_and_has_variance_one():
    model, x = CodeDiffusion(TINY), pictures(50)
    model.fit(x)
    code = model.encode(x)
    assert code.shape == (50, TINY.code, 1, 1)
    torch.testing.assert_close(model.decode(code), x, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(code.flatten(1).std(0), torch.ones(TINY.code), atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(code.mean(), torch.tensor(0.0), atol=1e-4, rtol=0)


def test_a_code_is_denoised_the_same_alone_and_in_company_and_by_its_class():
    torch.manual_seed(0)
    model = CodeDiffusion(TINY).eval()
    x, t, label = torch.randn(5, TINY.code, 1, 1), torch.arange(5) * 200, torch.arange(5)
    together = model(x, t, label)
    assert together.shape == x.shape
    torch.testing.assert_close(together[2:3], model(x[2:3], t[2:3], label[2:3]))
    null = torch.full_like(label, TINY.classes - 1)
    torch.testing.assert_close(model(x, t), model(x, t, null))
    assert (together - model(x, t)).abs().max() > 1e-3


def test_learns_a_code():
    torch.manual_seed(0)
    model = CodeDiffusion(CodeConfig(picture=TINY.picture, code=4, width=32, blocks=2))
    x0, label, schedule = torch.ones(32, 4, 1, 1), torch.zeros(32, dtype=torch.long), alpha_bar("cosine").float()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    losses = []
    for _ in range(120):
        t = torch.randint(1000, (32,))
        loss = denoising_loss(model, x0, torch.randn(x0.shape), t, label, schedule[t])["loss"]
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert sum(losses[-10:]) < 0.4 * sum(losses[:10])


def test_a_saved_model_keeps_its_code(tmp_path):
    model = CodeDiffusion(TINY)
    model.fit(pictures(50))
    files.save(model, tmp_path / "m.safetensors")
    again = files.read(tmp_path / "m.safetensors", CodeDiffusion, CodeConfig)
    x = pictures(3)
    torch.testing.assert_close(again.decode(again.encode(x)), x, atol=0.02, rtol=0.02)
