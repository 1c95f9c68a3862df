# SPDX-License-Identifier: Apache-2.0
"""The loss: imitate the teachers everywhere.

Two terms: the divergence from the teachers' softened answer on every view, and the
distance to a teacher's inner maps through learned 1x1 projections. Two more are there to
be tried and are off: a cross-entropy on the renders' own labels, halved on live and absent
on mixed views; and drawing the answer to the label where the teachers are on the wrong
side. Both help on renders and hurt on real clips (models/pad_selfsame_80.md). The second is used, wholly,
for photos as they were taken, whose label is no drawing's.
"""

import torch
from torch import nn
import torch.nn.functional as functional

from .network import CLASSES, LIVE

TEMPERATURE = 2.0
SMOOTHING = 0.05


def divergence(student_logits, answer):
    """Mean KL(answer || student) at the temperature, scaled by its square."""
    student = functional.log_softmax(student_logits / TEMPERATURE, 1)
    teacher = functional.log_softmax(torch.log(answer) / TEMPERATURE, 1)
    each = functional.kl_div(student, teacher, reduction="none", log_target=True).sum(1)
    return each.mean() * TEMPERATURE ** 2


def corrected(answer, labels, counted, share):
    """The teachers' probabilities, drawn by `share` to the label where they err and it counts."""
    wrong = ((answer[:, LIVE] >= 0.5) != (labels == LIVE)) & counted
    truth = functional.one_hot(labels, len(CLASSES)) * (1 - SMOOTHING) + SMOOTHING / len(CLASSES)
    drawn = wrong.float()[:, None] * share
    return answer * (1 - drawn) + truth * drawn


def label_loss(student_logits, labels, counted):
    """Smoothed cross-entropy where `counted`, half as heavy on live."""
    log_odds = functional.log_softmax(student_logits, 1)
    of_label = log_odds.gather(1, labels[:, None])[:, 0]
    each = -(of_label * (1 - SMOOTHING) + log_odds.mean(1) * SMOOTHING)
    weight = torch.where(labels == LIVE, 0.5, 1.0) * counted.float()
    return (each * weight).sum() / len(labels)


class MapMatching(nn.Module):
    """Mean squared distance between projected student maps and standardised teacher maps."""

    def __init__(self, student_channels, teacher_channels):
        super().__init__()
        pairs = list(zip(student_channels, teacher_channels))
        self.projections = nn.ModuleList(nn.Conv2d(s, t, 1) for s, t in pairs)
        self.standards = nn.ModuleList(
            nn.BatchNorm2d(t, affine=False, momentum=0.02) for _, t in pairs)

    def forward(self, student_maps, teacher_maps):
        total = 0.0
        for project, standardise, mine, theirs in zip(
                self.projections, self.standards, student_maps, teacher_maps):
            if mine.dim() == 2:
                mine, theirs = mine[..., None, None], theirs[..., None, None]
            with torch.no_grad():
                standardise(theirs)  # only to keep the running figures
                shape = (1, -1, 1, 1)
                target = (theirs - standardise.running_mean.view(shape)) / (
                    standardise.running_var.view(shape) + 1e-3).sqrt()
                target = target.clamp(-4, 4)
            total = total + functional.mse_loss(project(mine), target)
        return total / len(self.projections)
