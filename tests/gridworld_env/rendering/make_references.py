"""Paint the pictures in `references/` anew: python tests/gridworld_env/rendering/make_references.py

Run it after a change that is meant to be seen, look at every picture that git then shows as changed, and commit them
with the change. Pictures that still look as before are left as they are. Needs Pillow.
"""

import pathlib

import numpy as np
import perceptual
import pictures
from PIL import Image

from gridworld_env.rendering import Painter

FOLDER = pathlib.Path(__file__).parent / "references"


def looks_as_before(path, frame):
    """Return whether a file holds a picture that looks like a frame."""
    if not path.is_file():
        return False
    with Image.open(path) as opened:
        kept = np.asarray(opened.convert("RGB"))
    return kept.shape == frame.shape and perceptual.difference(kept, frame).alike


def main():
    """Write every picture that has changed, and remove those without a scene."""
    FOLDER.mkdir(exist_ok=True)
    scenes = pictures.scenes()
    for path in FOLDER.glob("*.png"):
        if path.stem not in scenes:
            path.unlink()
    for name, (scene, size) in scenes.items():
        frame = Painter(size).frame(scene)
        path = FOLDER / f"{name}.png"
        if not looks_as_before(path, frame):
            Image.fromarray(frame).save(path, optimize=True)


if __name__ == "__main__":
    main()
