"""Pictures of what happens: a scene goes in, a frame comes out.

``draw(layout, values=..., policy=...)`` makes one picture, as pixels or on matplotlib's Axes; a :class:`Scene` is what
one shows and a :class:`Painter` paints many; :class:`Window` shows frames on the screen and :class:`Recorder` writes
them to GIF, MP4 and WebP files.
pygame is imported when something is painted.
"""

from gridworld_env.common.exporting import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "NoDisplayError": "gridworld_env.rendering.window:NoDisplayError",
        "Painter": "gridworld_env.rendering.painter:Painter",
        "Picture": "gridworld_env.rendering.picture:Picture",
        "Recorder": "gridworld_env.rendering.recording:Recorder",
        "Recording": "gridworld_env.rendering.recorded:Recording",
        "Scene": "gridworld_env.rendering.scene:Scene",
        "Window": "gridworld_env.rendering.window:Window",
        "checked_path": "gridworld_env.rendering.drawing:checked_path",
        "draw": "gridworld_env.rendering.drawing:draw",
        "draw_on": "gridworld_env.rendering.drawing:draw_on",
        "draw_point_text": "gridworld_env.rendering.point_text:draw_point_text",
        "draw_text": "gridworld_env.rendering.text:draw_text",
        "fonts_for": "gridworld_env.rendering.fonts:fonts_for",
        "painter_for": "gridworld_env.rendering.drawing:painter_for",
        "png": "gridworld_env.rendering.picture:png",
        "record": "gridworld_env.rendering.recording:record",
        "save": "gridworld_env.rendering.drawing:save",
        "scene_of": "gridworld_env.rendering.placing:scene_of",
        "text_legend": "gridworld_env.rendering.text:text_legend",
        "tiled": "gridworld_env.rendering.mosaic:tiled",
    },
)
