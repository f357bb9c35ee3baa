"""Live delivery: what the log tells, carried to open sockets in order, to those who may see it, waiting for nobody."""
