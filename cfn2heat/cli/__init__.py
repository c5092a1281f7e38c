"""The command line, and what it asks of the garbage collector: a command's data lives until it ends, so hardly any is garbage."""

import atexit
import gc

gc.set_threshold(100_000, 20, 20)  # looking through what a start makes again and again takes 4 ms
atexit.register(gc.freeze)  # else Python looks through everything once more before it ends: 7 ms, or 40 after a large template
