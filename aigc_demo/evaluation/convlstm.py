"""Clips that the convolutional LSTM continues: how far each frame is from the true one, and whether it bounces.

Clips are those of evaluation/video.py, of test digits. Four frames are given and the others continued, but where a
figure says how many are given.

error                mean squared error of the ink, 0 to 1, over all continued frames
error_still          the same if the last given frame stood still
error_next           error of the first continued frame
error_next_still     the same if the last given frame stood still
error_last           error of the last continued frame
error_last_still     the same if the last given frame stood still
error_given2         error where two frames are given, over the same frames
error_given8         error where eight are given, over those behind them
continued            pixels from the true flight, mean of the continued frames
continued_still      the same if the last given frame stood still
continued_straight   the same of a flight that goes on straight from the last two given frames, and bounces
on_track             share of continued frames within 1.5 pixels of the true flight
bounces_obeyed       share of bounces in continued frames behind which the digit leaves the edge as it should
class_accuracy       share of continued frames that the judge reads rightly
real_class_accuracy  the same of the true frames
"""

import torch
from torch import Tensor

from aigc_demo.data import digits, moving_digits, tracks
from aigc_demo.evaluation.digits import classify, share
from aigc_demo.evaluation.measurement import Measured, Task
from aigc_demo.evaluation.video import CLIPS, GIVEN, straight_on
from aigc_demo.models.convlstm import ConvLSTM


def squared(clips: Tensor, truth: Tensor) -> Tensor:
    """Clips (N, T, H, W) in [-1, 1] -> mean squared error of the ink in [0, 1] per frame, (T,)."""
    return ((clips - truth) / 2).square().mean((0, 2, 3))


@torch.inference_mode()
def measure(model: ConvLSTM, task: Task) -> Measured:
    """The network that continues clips."""
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(task.settings.seed)
    real_digits, labels = (part[:CLIPS] for part in digits.load(task.folder, "test"))
    real = moving_digits.draw(real_digits[:, 0], generator)
    clips, frames = real.frames, moving_digits.FRAMES

    def continued(given: int) -> Tensor:
        return model(clips[:, :given].to(device), frames - given).cpu()

    said, truth = continued(GIVEN), clips[:, GIVEN:]
    still = clips[:, GIVEN - 1 : GIVEN].expand_as(truth)
    error, error_still = squared(said, truth), squared(still, truth)
    way = tracks.centres(torch.cat([clips[:, :GIVEN], said], 1))
    true_way = tracks.centres(clips)
    away = (way - true_way)[:, GIVEN:].norm(dim=2)
    away_still = (tracks.centres(still) - true_way[:, GIVEN:]).norm(dim=2)
    straight = (straight_on(clips, frames) - real.tracks[:, GIVEN:]).norm(dim=2)
    judged, obeyed = (part[:, GIVEN:] for part in tracks.bounces(way, true_way, real.bounced))
    judge = task.judge("judge-digits")
    asked = labels.repeat_interleave(frames - GIVEN)
    read, read_real = (classify(judge, tracks.readable(part.flatten(0, 1)))[1] for part in (said, truth))
    found = {
        "error": float(error.mean()),
        "error_still": float(error_still.mean()),
        "error_next": float(error[0]),
        "error_next_still": float(error_still[0]),
        "error_last": float(error[-1]),
        "error_last_still": float(error_still[-1]),
        "error_given2": float(squared(continued(2)[:, GIVEN - 2 :], truth).mean()),
        "error_given8": float(squared(continued(8), clips[:, 8:]).mean()),
        "continued": float(away.mean()),
        "continued_still": float(away_still.mean()),
        "continued_straight": float(straight.mean()),
        "on_track": share(away < tracks.NEAR),
        "bounces_obeyed": int(obeyed.sum()) / int(judged.sum()),
        "class_accuracy": share(read == asked),
        "real_class_accuracy": share(read_real == asked),
    }
    return Measured(found, CLIPS)
