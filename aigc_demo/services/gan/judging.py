"""What the critics say, and what each variant repaired: scores of made and real pictures, all models side by side."""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.data import digits, emoji
from aigc_demo.models.gan import GAN
from aigc_demo.services.gan import checkpoints
from aigc_demo.services.gan.drawing import Drawing, classes, pictures
from aigc_demo.services.gan.requests import ANY, DIGIT_MODELS, Compare, Critic
from aigc_demo.services.gan.results import Lineup, Player, Verdict

SHOWN = 16  # pictures of each model in the comparison


class Judging(Drawing):
    """The use-cases that look at what was made."""

    def critic(self, request: Critic) -> Verdict:
        """Scores of made and real pictures, and where the critic would change the made ones."""
        model = self.model(request.model)
        seeds = [(request.seed + i) % 2**32 for i in range(request.count)]
        asked = classes(model, seeds, ANY)
        with torch.inference_mode():
            made = model.generator(self.noise(seeds, model), asked)
            real, label = self.real(model, request.count)
            real_scores, real_order = model.critic(real, label).sort()
        scores, wish = wished(model, made.clone(), asked)
        scores, order = scores.sort()
        middle = real_scores[len(real_scores) // 2]
        told = (real_scores[:, None] > scores).float() + (real_scores[:, None] == scores).float() / 2
        return Verdict(
            pictures(made[order]),
            scores.cpu().numpy(),
            wish[order].cpu().numpy(),
            tuple(seeds[place] for place in order.tolist()),
            tuple(asked[order].tolist()) if model.config.classes else (),
            pictures(real[real_order]),
            real_scores.cpu().numpy(),
            float((scores > middle).float().mean()),
            float(told.mean()),
        )

    def real(self, model: GAN, count: int) -> tuple[Tensor, Tensor]:
        """At most `count` of the real pictures that ship, (N, C, H, W) in [-1, 1], evenly chosen, and their classes.

        The digits are of the test set; the emoji are of those that the model was trained on, as there are few others.
        """
        examples = Path(self.store.assets) / "examples"
        if model.config.channels == 1:
            sheet = torch.from_numpy(digits.read_samples(examples / "mnist-samples.png").copy())[..., None]
            label = torch.arange(10).repeat_interleave(len(sheet) // 10)
        else:
            sheet = torch.from_numpy(emoji.read_samples(examples / "emoji-portraits.png").copy())
            label = torch.zeros(len(sheet), dtype=torch.int64)
        chosen = torch.linspace(0, len(sheet) - 1, min(count, len(sheet))).round().long()
        x = sheet[chosen].permute(0, 3, 1, 2).float() / 127.5 - 1
        return x.to(self.store.device), label[chosen].to(self.store.device)

    @torch.inference_mode()
    def compare(self, request: Compare) -> Lineup:
        """Every model of digits from the same noise, in the order of DIGIT_MODELS, read by the judge."""
        seeds = [(request.seed + i) % 2**32 for i in range(request.count)]
        players = tuple(self.player(name, seeds) for name in DIGIT_MODELS)
        return Lineup(players, tuple(seeds[:SHOWN]), len(seeds))

    def player(self, name: str, seeds: list[int]) -> Player:
        """A model's pictures of these seeds, and what the judge reads in them."""
        model = self.model(name)
        made = model.generator(self.noise(seeds, model), classes(model, seeds, ANY))
        judge = self.store.load(checkpoints.JUDGE)
        read = judge(F.pad(made, (2, 2, 2, 2), value=-1.0)).argmax(1).cpu()
        counts = torch.bincount(read, minlength=10).tolist()
        return Player(name, pictures(made[:SHOWN]), tuple(read[:SHOWN].tolist()), tuple(counts))


def wished(model: GAN, x: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
    """Scores (N,) of x (N, C, H, W), and their slope there, summed over channels, scaled so that the strongest is 1."""
    x.requires_grad_(True)
    score = model.critic(x, label)
    (slope,) = torch.autograd.grad(score.sum(), x)
    slope = slope.sum(1)  # (N, H, W)
    strongest = slope.abs().amax((1, 2), keepdim=True).clamp(min=1e-12)
    return score.detach(), slope / strongest
