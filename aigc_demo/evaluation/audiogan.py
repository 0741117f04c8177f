"""Spoken digits: what the classifier hears, in recordings and in what a model makes.

Everything is measured on sounds, not on a model's pictures: what a model draws is made a sound first, and the
classifier sees the spectrogram of that.

class_accuracy        share that the classifier hears as the digit that was asked for
inception_score       Salimans et al., 2016 (arXiv:1606.03498), equation 1, with our classifier
inception_of_test     the same of the held-out recordings
frechet               Frechet distance to the held-out recordings, in the classifier's features
frechet_floor         the same of as many training recordings: what a perfect model would reach
nearest_train         median distance of a made sound to the nearest training sound, in the same features
nearest_train_of_test the same of the held-out recordings; a model that copies would be far below it
critic_of_test        of the GAN: median of its critic's scores of held-out recordings, each as its own digit
critic_of_train       the same of as many training recordings
critic_of_made        the same of what its generator makes, as the digit that was asked for
critic_prefers        share of held-out recordings that score above the made sound beside them
rebuilt_accuracy      of the classifier: its accuracy on recordings that went through a spectrogram and back
"""

import json
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from aigc_demo.data import spectrogram, spoken
from aigc_demo.evaluation.digits import classify, share
from aigc_demo.evaluation.frechet import frechet
from aigc_demo.evaluation.measurement import Measured, Metrics, Task
from aigc_demo.evaluation.nearest import nearest
from aigc_demo.models.code_diffusion import CodeDiffusion
from aigc_demo.models.judge import Judge
from aigc_demo.models.wavegan import WaveGAN
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar

CLASSIFIER = "judge-sounds"
TRAINED = "audiogan-training-features.safetensors"  # what services/audiogan/judge.py looks for the nearest sound in
SOUNDS = 300  # made ones that are measured, as many as there are held-out recordings
GUIDANCE, STEPS = 2.0, 12  # of the page


def inception_score(judge: Judge, features: Tensor) -> float:
    """exp of the mean divergence of p(digit | sound) from p(digit), in nats; features (N, D)."""
    with torch.inference_mode():
        said = judge.decide(features.to(next(judge.parameters()).device)).log_softmax(1).cpu()  # (N, 10)
    mean = said.exp().mean(0).log()
    return float((said.exp() * (said - mean)).sum(1).mean().exp())


def sounding(pictures: Tensor) -> Tensor:
    """Pictures (N, 1, B, F) made sounds, and pictures again."""
    samples = torch.cat([spectrogram.wave(part) for part in torch.split(pictures, 50)])
    return spectrogram.picture(samples / samples.abs().amax(1, keepdim=True).clamp_min(1e-9))


def metrics(make: Callable[[Tensor], Tensor], task: Task) -> Measured:
    """All metrics of a model that makes sounds of digits (N,), given as their pictures (N, 1, B, F)."""
    judge = task.judge(CLASSIFIER)
    train, test = spoken.load(task.folder, "train"), spoken.load(task.folder, "test")
    asked = torch.arange(SOUNDS) % 10
    features, heard = classify(judge, make(asked))
    of_test, _ = classify(judge, spectrogram.picture(test.clips))
    of_train, _ = classify(judge, spectrogram.picture(train.clips))
    some = torch.randperm(len(of_train), generator=torch.Generator().manual_seed(task.settings.seed))[:SOUNDS]
    found: Metrics = {
        "class_accuracy": share(heard == asked),
        "inception_score": inception_score(judge, features),
        "inception_of_test": inception_score(judge, of_test),
        "frechet": frechet(features, of_test),
        "frechet_floor": frechet(of_train[some], of_test),
        "nearest_train": float(nearest(features, of_train).median()),
        "nearest_train_of_test": float(nearest(of_test, of_train).median()),
    }
    return Measured(found, SOUNDS)


def measure_diffusion(model: CodeDiffusion, task: Task) -> Measured:
    """The diffusion model, with the steps and the guidance of the page."""
    config = model.config
    device = next(model.parameters()).device
    schedule, timesteps = alpha_bar(config.schedule, config.levels), trailing_timesteps(STEPS, config.levels)

    @torch.inference_mode()
    def make(asked: Tensor) -> Tensor:
        seeds = range(task.settings.seed, task.settings.seed + len(asked))
        x = SeededNoise(seeds, device).draw((config.code, 1, 1))
        denoise = Denoiser(model, config.prediction, asked.to(device), config.classes - 1, GUIDANCE)
        *_, last = sample(denoise, x, timesteps, schedule, "dpmpp")
        return sounding(model.decode(last.x).clamp(-1, 1).cpu())

    return metrics(make, task)


def measure_gan(model: WaveGAN, task: Task) -> Measured:
    """WaveGAN, and what its critic says."""
    device = next(model.parameters()).device
    test, train = spoken.load(task.folder, "test"), spoken.load(task.folder, "train")
    some = torch.randperm(len(train.clips), generator=torch.Generator().manual_seed(task.settings.seed))[:SOUNDS]

    @torch.inference_mode()
    def samples(asked: Tensor) -> Tensor:
        z = SeededNoise(range(task.settings.seed, task.settings.seed + len(asked)), device).draw((model.config.noise,))
        return model.generator(z, asked.to(device)).cpu()

    @torch.inference_mode()
    def scores(clips: Tensor, digits: Tensor) -> Tensor:
        return model.critic(clips.to(device), digits.to(device)).cpu()

    def make(asked: Tensor) -> Tensor:
        found = samples(asked)
        return spectrogram.picture(found / found.abs().amax(1, keepdim=True).clamp_min(1e-9))

    measured = metrics(make, task)
    of_test, of_made = scores(test.clips, test.digits), scores(samples(test.digits), test.digits)
    said: Metrics = {
        "critic_of_test": float(of_test.median()),
        "critic_of_train": float(scores(train.clips[some], train.digits[some]).median()),
        "critic_of_made": float(of_made.median()),
        "critic_prefers": share(of_test > of_made),
    }
    return Measured({**measured.metrics, **said}, measured.samples)


def measure_judge(judge: Judge, task: Task) -> Measured:
    """The classifier, on the held-out recordings; keeps what it makes of the training sounds for the page."""
    train, test = spoken.load(task.folder, "train"), spoken.load(task.folder, "test")
    pictures = spectrogram.picture(test.clips)
    features, heard = classify(judge, pictures)
    _, rebuilt = classify(judge, sounding(pictures))
    of_train, _ = classify(judge, spectrogram.picture(train.clips))
    usual = float(nearest(features, of_train).median())

    def keep(folder: Path) -> None:
        about = {"names": json.dumps(train.names), "usual": str(usual)}
        save_file({"features": of_train.half().contiguous()}, folder / TRAINED, metadata=about)
        (folder / TRAINED).chmod(0o644)  # safetensors writes 0600

    found = {"class_accuracy": share(heard == test.digits), "rebuilt_accuracy": share(rebuilt == test.digits)}
    return Measured(found, len(test.digits), keep)
