"""What can be said: vocabulary, shapes, code lists, table layouts. Data files and the way to them; no logic."""

from importlib.resources import files
from pathlib import Path

#: The folder of this package's data files. The package is always installed unpacked.
HERE = Path(str(files(__name__)))
