"""Import and play on every other Python that is found: `python tools/smoke.py`.

Looks for python3.11 to python3.13 on PATH and under pyenv; each gets a virtual environment of its own in a temporary
folder. Exits with 1 if one of them fails, and says which were not found.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13")
ROOT = Path(__file__).resolve().parent.parent


def find_python(version: str) -> str | None:
    """Return the path of a Python of that version, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = [str(path / "bin" / "python") for path in sorted(pyenv.glob(f"{version}.*"), reverse=True)]
    for candidate in [f"python{version}", *named]:
        path = shutil.which(candidate)
        if path and subprocess.run([path, "-c", "import venv, ssl"], capture_output=True, check=False).returncode == 0:
            return path
    return None


def smoke(python: str, folder: Path) -> None:
    """Install the project under one Python and play an episode. Raises CalledProcessError if anything fails."""
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    inside = str(folder / "bin" / "python")
    pip = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, str(ROOT)], check=True)
    subprocess.run(
        [inside, "-W", "error::SyntaxWarning:llm_pysc2", "-c", "import llm_pysc2.env.compat"], check=True, cwd=folder
    )
    play = [inside, "-m", "llm_pysc2", "play", "2s3z", "--quiet", "--out", str(folder / "run")]
    subprocess.run(play, check=True, cwd=folder)


def main() -> int:
    """Smoke-test all other Pythons and return the exit code."""
    failed = 0
    for version in VERSIONS:
        if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
            continue
        python = find_python(version)
        if python is None:
            print(f"Python {version}: not found, skipped")
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                smoke(python, Path(folder) / "venv")
                print(f"Python {version}: imports and plays")
            except subprocess.CalledProcessError as error:
                print(f"Python {version}: FAILED: {' '.join(error.cmd)}")
                failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
