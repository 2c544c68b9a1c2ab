"""Playing an environment oneself: a session keeps the score; a window or the terminal shows it and reads the keys."""
