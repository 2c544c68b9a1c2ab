"""What every part of the package stands on: arrays, checks of arguments, blocks of work on threads."""
