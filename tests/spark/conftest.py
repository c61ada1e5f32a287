"""Each file here starts a Spark of its own, on small data: what it does for large data costs more than it saves."""

import os
import sys
from pathlib import Path

os.environ |= {
    "SPARK_CONF_DIR": str(Path(__file__).with_name("conf")),
    "SPARK_SUBMIT_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
# The main module of a worker of pytest has no file, which pyspark takes for a doctest, and ends the worker.
vars(sys.modules["__main__"]).setdefault("__file__", __file__)
