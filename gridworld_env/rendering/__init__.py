"""Pictures of what happens: a scene goes in, a frame comes out."""
