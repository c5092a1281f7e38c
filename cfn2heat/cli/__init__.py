"""The command line."""

import gc

gc.set_threshold(100_000, 20, 20)  # what a start makes is kept: looking through it for garbage again and again takes 4 ms
