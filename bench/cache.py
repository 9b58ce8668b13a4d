"""Where benchmarks keep the worlds that they made: one folder for each size and each state of the generator."""

import hashlib
import shutil
from pathlib import Path

from bench.world import Plan, make_world

HERE = Path(__file__).parent
CACHE = HERE / ".cache"
GENERATOR = (
    "world.py",
    "companies.py",
    "crm.py",
    "gleif.py",
    "noise.py",
    "noise_rates.toml",
    "registers.py",
    "wikidata.py",
    "words.py",
    "words.toml",
    "places.csv",
    "industries.csv",
    "enheter_columns.txt",
)


def cached_world(plan: Plan) -> Path:
    """The world of that plan, made where it is not there yet, in place of those that older generators made.

    An interrupted making leaves nothing that counts as a world.
    """
    folder = CACHE / f"world-{plan.companies}-{_fingerprint(plan)}"
    if not folder.exists():
        for outdated in CACHE.glob(f"world-{plan.companies}-*"):
            shutil.rmtree(outdated)
        unfinished = folder.with_suffix(".part")
        make_world(plan, unfinished)
        unfinished.rename(folder)
    return folder


def _fingerprint(plan: Plan) -> str:
    made_by = [HERE / name for name in GENERATOR]
    digest = hashlib.sha256(repr(plan).encode())
    for path in made_by:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
