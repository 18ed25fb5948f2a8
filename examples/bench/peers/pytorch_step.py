"""The DINO step in PyTorch, eager, as its public code is written (main_dino.py, vision_transformer.py).

A step is told by a safetensors file: its sizes and rates (StepCase in cases.ts) and the decay of each trained parameter
are in the metadata, the weights, [from, to], and the views are the tensors.
"""

import json
import struct

import torch
import torch.nn.functional as F


def plain_attention(query, key, value):
    return F.softmax(query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5, dim=-1) @ value


# One function since PyTorch 2.0.
attention = getattr(F, "scaled_dot_product_attention", plain_attention)


def read_beginning(path):
    """The step, the decays, and the tensors of a file."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    plain = torch.frombuffer(data, dtype=torch.float32)
    metadata = {name: json.loads(text) for name, text in header.pop("__metadata__").items()}
    tensors = {
        name: plain[entry["data_offsets"][0] // 4 : entry["data_offsets"][1] // 4].reshape(entry["shape"]).clone()
        for name, entry in header.items()
    }
    return metadata["step"], metadata["decay"], tensors


class Network:
    """Backbone and head as functions of parameters by path."""

    def __init__(self, weights, case):
        self.weights = weights
        self.case = case

    def affine(self, path, x):
        return F.linear(x, self.weights[path + ".weight"].t(), self.weights[path + ".bias"])

    def norm(self, path, x):
        return F.layer_norm(x, x.shape[-1:], self.weights[path + ".weight"], self.weights[path + ".bias"], 1e-6)

    def block(self, path, x):
        images, tokens, features = x.shape
        heads = self.case["heads"]
        roles = self.affine(path + ".attention.project", self.norm(path + ".norm1", x))
        query, key, value = roles.reshape(images, tokens, 3, heads, features // heads).permute(2, 0, 3, 1, 4)
        taken = attention(query, key, value).transpose(1, 2).reshape(images, tokens, features)
        x = x + self.affine(path + ".attention.out", taken)
        return x + self.affine(path + ".mlp.down", F.gelu(self.affine(path + ".mlp.up", self.norm(path + ".norm2", x))))

    def backbone(self, images, resize=None):
        count, colours, rows, columns = images.shape
        size = self.case["patchSize"]
        grid = images.reshape(count, colours, rows // size, size, columns // size, size)
        patches = grid.permute(0, 2, 4, 1, 3, 5).reshape(count, -1, colours * size * size)
        first = self.weights["backbone.classToken"].expand(count, 1, -1)
        position = self.weights["backbone.position"]
        position = position if resize is None else resize @ position
        x = torch.cat([first, self.affine("backbone.patch", patches)], 1) + position
        for at in range(self.case["depth"]):
            x = self.block("backbone.blocks.%d" % at, x)
        return self.norm("backbone.norm", x[:, 0])

    def head(self, x):
        for at in range(self.case["headLayers"]):
            x = self.affine("head.layers.%d" % at, x if at == 0 else F.gelu(x))
        direction = F.normalize(self.weights["head.prototypes.direction"], dim=-1, eps=1e-12)
        gain = self.weights["head.prototypes.gain"][:, None]
        return F.linear(F.normalize(x, dim=-1, eps=1e-12), direction * gain)


def training_step(path):
    """A function that takes one step, that of main_dino.py, and gives its loss. It begins with what is in a file."""
    case, decays, start = read_beginning(path)
    views = {name: start.pop(name).flatten(0, 1) for name in ("global", "local")}
    resize = start.pop("resize")
    student = {path: value.clone().requires_grad_(path in decays) for path, value in start.items()}
    teacher = {path: value.clone() for path, value in start.items()}
    groups = [
        {"params": [student[path] for path in decays if decays[path] == decay], "weight_decay": decay}
        for decay in sorted(set(decays.values()))
    ]
    betas = (case["beta1"], case["beta2"])
    optimiser = torch.optim.AdamW(groups, lr=case["learningRate"], betas=betas, eps=case["epsilon"])
    centre = torch.zeros(case["prototypes"])
    batch = case["batch"]

    def step():
        with torch.no_grad():
            network = Network(teacher, case)
            said = network.head(network.backbone(views["global"]))
            targets = F.softmax((said - centre) / case["teacherTemperature"], dim=-1).split(batch)
        network = Network(student, case)
        features = torch.cat([network.backbone(views["global"]), network.backbone(views["local"], resize)])
        logits = F.log_softmax(network.head(features) / case["studentTemperature"], dim=-1).split(batch)
        terms = [
            -(target * logit).sum(-1).mean()
            for at, target in enumerate(targets)
            for view, logit in enumerate(logits)
            if view != at
        ]
        loss = sum(terms) / len(terms)
        optimiser.zero_grad()
        loss.backward()
        with torch.no_grad():
            for path in decays:
                gradient = student[path].grad
                gradient.mul_((case["clip"] / (gradient.norm() + 1e-6)).clamp(max=1))
            optimiser.step()
            for path, value in teacher.items():
                value.mul_(case["teacherMomentum"]).add_(student[path], alpha=1 - case["teacherMomentum"])
            momentum = case["centreMomentum"]
            centre.mul_(momentum).add_(said.mean(0), alpha=1 - momentum)
        return loss.item()

    return step
