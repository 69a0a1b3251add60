"""Small collections of texts with two topics in them."""

from __future__ import annotations

import random

from tamis.services.ranking.words import Words, words

TEA = words("tea green leaves infusion catechins antioxidant drinkers brewing cup kettle")
IRON = words("iron steel welding furnace alloy corrosion tensile casting rolling forge")
BOTH = words("study trial effect results methods analysis sample patients group control")


def collection(size: int, relevant: int, seed: int = 1) -> tuple[list[Words], list[bool]]:
    """Texts of which some are of tea; the labels say which."""
    rng = random.Random(seed)
    labels = [n < relevant for n in range(size)]
    rng.shuffle(labels)
    texts = []
    for label in labels:
        topic = TEA if label else IRON
        title = " ".join(rng.choices(topic, k=3) + rng.choices(BOTH, k=3))
        abstract = " ".join(rng.choices(topic, k=6) + rng.choices(BOTH, k=30))
        keywords = "\n".join(rng.choices(topic, k=2)) if rng.random() < 0.5 else ""
        texts.append(Words(title, abstract, keywords))
    return texts, labels
