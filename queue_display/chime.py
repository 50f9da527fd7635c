"""The chime before a call: two soft tones, computed, so that no sound file has to be licensed.

The tones are between 500 and 1000 Hz, so that most people who no longer hear high tones can hear them (after
JIS S 0014). Together they last more than one second.
"""

import math
from pathlib import Path

from backend.common.device_kit import write_sound

RATE_HZ = 44_100
TONES_HZ = (783.99, 587.33)
"""G5, then D5: a falling fourth, calm and familiar from stations and halls."""
TONE_SECONDS = 0.8
_ATTACK_SECONDS = 0.012
_DECAY_PER_SECOND = 3.2
_LOUDNESS = 0.5
_OVERTONES = ((1.0, 1.0), (2.0, 0.28), (3.0, 0.09))


def samples() -> list[int]:
    """The chime as signed 16-bit samples, mono, at ``RATE_HZ``; it begins and ends in silence."""
    values: list[int] = []
    per_tone = int(RATE_HZ * TONE_SECONDS)
    weight = sum(share for _, share in _OVERTONES)
    for tone in TONES_HZ:
        for index in range(per_tone):
            seconds = index / RATE_HZ
            rise = min(1.0, seconds / _ATTACK_SECONDS)
            fall = min(1.0, (TONE_SECONDS - seconds) / 0.05)
            envelope = rise * fall * math.exp(-_DECAY_PER_SECOND * seconds)
            wave_value = sum(
                share * math.sin(2 * math.pi * tone * factor * seconds) for factor, share in _OVERTONES
            )
            values.append(round(32_767 * _LOUDNESS * envelope * wave_value / weight))
    return values


def write_chime(path: Path) -> Path:
    """Write the chime as a WAV file and return its path; the folder must exist."""
    return write_sound(path, samples(), RATE_HZ)
