# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_env.rendering.drawing import checked_path as checked_path
from gridworld_env.rendering.drawing import draw as draw
from gridworld_env.rendering.drawing import draw_on as draw_on
from gridworld_env.rendering.drawing import painter_for as painter_for
from gridworld_env.rendering.drawing import save as save
from gridworld_env.rendering.fonts import fonts_for as fonts_for
from gridworld_env.rendering.mosaic import tiled as tiled
from gridworld_env.rendering.painter import Painter as Painter
from gridworld_env.rendering.picture import Picture as Picture
from gridworld_env.rendering.picture import png as png
from gridworld_env.rendering.placing import scene_of as scene_of
from gridworld_env.rendering.point_text import draw_point_text as draw_point_text
from gridworld_env.rendering.recorded import Recording as Recording
from gridworld_env.rendering.recording import Recorder as Recorder
from gridworld_env.rendering.recording import record as record
from gridworld_env.rendering.scene import Scene as Scene
from gridworld_env.rendering.text import draw_text as draw_text
from gridworld_env.rendering.text import text_legend as text_legend
from gridworld_env.rendering.window import NoDisplayError as NoDisplayError
from gridworld_env.rendering.window import Window as Window

__all__ = [
    "NoDisplayError",
    "Painter",
    "Picture",
    "Recorder",
    "Recording",
    "Scene",
    "Window",
    "checked_path",
    "draw",
    "draw_on",
    "draw_point_text",
    "draw_text",
    "fonts_for",
    "painter_for",
    "png",
    "record",
    "save",
    "scene_of",
    "text_legend",
    "tiled",
]
