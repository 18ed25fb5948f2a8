"""The other side of props/weights/peers.test.ts: models of transformers and timm with random weights.

usage: weights_peer.py write FOLDER    writes weight files of each kind, pictures, and the models' tokens of those
       weights_peer.py read FOLDER     loads the files written there by this project, and writes the models' tokens
"""

import argparse
import os
import sys

import torch
from safetensors.torch import load_file, save_file

torch.manual_seed(1)
try:
    # Where torch and torchvision are of different builds, torchvision's import wants these two to be there.
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
except RuntimeError:
    pass

import timm
from transformers import Dinov2Config, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel

sizes = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, image_size=28, patch_size=7)


def randomised(model):
    """Every parameter random, so that none could be left out unseen."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(0.3 * torch.randn_like(parameter))
    return model.eval()


def transformers_model(registers, swiglu):
    if registers:
        config = Dinov2WithRegistersConfig(**sizes, num_register_tokens=4, use_swiglu_ffn=swiglu)
        return Dinov2WithRegistersModel(config)
    return Dinov2Model(Dinov2Config(**sizes, use_swiglu_ffn=swiglu))


def timm_model(name, **more):
    return timm.create_model(name, depth=2, num_heads=3, embed_dim=24, img_size=28, patch_size=7, num_classes=0, **more)


timm_models = {
    "timm": lambda: timm_model("vit_small_patch14_dinov2"),
    "timm-registers": lambda: timm_model("vit_small_patch14_reg4_dinov2"),
    "timm-swiglu": lambda: timm_model("vit_giant_patch14_dinov2", mlp_ratio=2.66667 * 2),
    "timm-v1": lambda: timm_model("vit_small_patch16_224"),
}


def tokens_of(model, images):
    with torch.no_grad():
        if hasattr(model, "forward_features"):
            return model.forward_features(images).contiguous()
        return model(pixel_values=images).last_hidden_state.contiguous()


def write(folder):
    images = torch.randn(2, 3, 28, 28)
    wide = torch.randn(1, 3, 42, 28)
    expected = {"images": images, "wideImages": wide}
    for name, registers, swiglu in (
        ("huggingface", False, False), ("huggingface-registers", True, False), ("huggingface-swiglu", False, True),
    ):
        model = randomised(transformers_model(registers, swiglu))
        model.save_pretrained(f"{folder}/{name}")
        expected[name] = tokens_of(model, images)
        expected[f"{name}.wide"] = tokens_of(model, wide)
    model = randomised(transformers_model(False, False))
    model.save_pretrained(f"{folder}/huggingface-shards", max_shard_size="20KB")
    expected["huggingface-shards"] = tokens_of(model, images)
    for name, make in timm_models.items():
        model = randomised(make())
        state = model.state_dict()
        expected[name] = tokens_of(model, images)
        save_file({key: value.contiguous() for key, value in state.items()}, f"{folder}/{name}.safetensors")
        if name == "timm-v1":
            other = {f"module.backbone.{key}": torch.zeros_like(value) for key, value in state.items()}
            teacher = {f"backbone.{key}": value for key, value in state.items()}
            teacher["head.mlp.0.weight"] = torch.randn(3, 24)
            checkpoint = {"student": other, "teacher": teacher, "epoch": 3, "args": argparse.Namespace(arch="vit")}
            torch.save(checkpoint, f"{folder}/v1-checkpoint.pth")
            torch.save({key: torch.nn.Parameter(value) for key, value in state.items()}, f"{folder}/v1.pth")
            expected["v1-checkpoint"] = expected["v1"] = expected[name]
        if name == "timm":
            torch.save({**state, "mask_token": torch.randn(1, 24)}, f"{folder}/dinov2.pth")
            expected["dinov2"] = expected[name]
            transposed = {k: v.t().contiguous().t() if v.dim() == 2 else v for k, v in state.items()}
            torch.save(transposed, f"{folder}/strided.pth")
            expected["strided"] = expected[name]
            half = {key: value.half() for key, value in state.items()}
            torch.save(half, f"{folder}/half.pth")
            model.load_state_dict({key: value.float() for key, value in half.items()})
            expected["half"] = tokens_of(model, images)
        if name == "timm-swiglu":
            renamed = {k.replace("mlp.fc1", "mlp.w12").replace("mlp.fc2", "mlp.w3"): v for k, v in state.items()}
            torch.save({**renamed, "mask_token": torch.randn(1, 24)}, f"{folder}/dinov2-swiglu.pth")
            expected["dinov2-swiglu"] = expected[name]
        if name == "timm-registers":
            position = torch.randn(1, 1, 24)
            torch.save({
                **{key: value for key, value in state.items() if key not in ("reg_token", "cls_token", "pos_embed")},
                "register_tokens": state["reg_token"],
                "cls_token": state["cls_token"] - position,
                "pos_embed": torch.cat([position, state["pos_embed"]], 1),
                "mask_token": torch.randn(1, 24),
            }, f"{folder}/dinov2-registers.pth")
            expected["dinov2-registers"] = expected[name]
    save_file({key: value.clone() for key, value in expected.items()}, f"{folder}/expected.safetensors")


def read(folder):
    images = load_file(f"{folder}/expected.safetensors")["images"]
    came = {}
    for name in sorted(os.listdir(f"{folder}/written")):
        path = f"{folder}/written/{name}"
        if os.path.isdir(path):
            kind = Dinov2WithRegistersModel if "registers" in name else Dinov2Model
            model, said = kind.from_pretrained(path, output_loading_info=True)
            assert not said["missing_keys"] and not said["unexpected_keys"] and not said["mismatched_keys"], said
        else:
            model = timm_models[name.split("+")[0]]()
            model.load_state_dict(load_file(path), strict=True)
        came[name] = tokens_of(model.eval(), images)
    save_file(came, f"{folder}/came.safetensors")


{"write": write, "read": read}[sys.argv[1]](sys.argv[2])
