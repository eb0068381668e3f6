# SPDX-License-Identifier: MIT
"""Makes the images of fit_peers: make_images.py KIND X Y Z VOLUMES FOLDER

bold: bold.nii (int16, slope 0.5), mask.nii.gz, events.tsv: two conditions, drift, first-order autoregressive noise
dwi: dwi.nii (int16), mask.nii.gz, dwi.bval, dwi.bvec: b = 0, 1000, 2000; tensors, Rician noise
echoes: echoes.nii (int16), mask.nii.gz: echoes every 12 ms from 8 ms on, which decay by T2*
"""

import pathlib
import sys

import nibabel
import numpy as np

TR = 0.72
ZOOM = 2.0
PERIOD = 40  # seconds: 20 of A at its begin, 5 of B at 30


class Image:
    """An int16 NIfTI file that is written volume by volume, and a mask: an ellipsoid, 0.27 of the grid."""

    def __init__(self, folder, name, shape, slope):
        header = nibabel.Nifti1Header()
        header.set_data_shape(shape)
        header.set_data_dtype("<i2")
        header.set_zooms((ZOOM, ZOOM, ZOOM, TR))
        header.set_xyzt_units("mm", "sec")
        header.set_sform(np.diag([ZOOM, ZOOM, ZOOM, 1]), 1)
        header.set_slope_inter(slope, 0)
        header["vox_offset"] = 352
        header["magic"] = b"n+1"
        self.slope = slope
        self.file = open(folder / name, "wb")
        header.write_to(self.file)
        self.file.write(bytes(352 - self.file.tell()))

        x, y, z = np.meshgrid(*[(2 * np.arange(n) + 1) / n - 1 for n in shape[:3]], indexing="ij")
        self.radius = np.sqrt((x / 0.769) ** 2 + (y / 0.817) ** 2 + (z / 0.814) ** 2)
        self.mask = self.radius < 1
        self.axes = np.stack([x, y, z], axis=-1)
        nibabel.save(nibabel.Nifti1Image(self.mask.astype(np.uint8), np.diag([ZOOM, ZOOM, ZOOM, 1])), folder / "mask.nii.gz")

    def append(self, volume):
        stored = np.clip(np.rint(volume / self.slope), -32768, 32767).astype("<i2")
        self.file.write(stored.tobytes(order="F"))


def make_bold(folder, shape):
    image = Image(folder, "bold.nii", shape, 0.5)
    random = np.random.default_rng(1)
    space = shape[:3]
    signal = np.where(image.mask, 10000 + 2000 * np.cos(3 * image.radius), 100)
    noise = np.where(image.mask, 60, 10)
    rho = 0.2 + 0.3 * np.cos(5 * image.radius)
    drift = noise * random.normal(0, 2, space)
    effects = {"A": np.where(image.radius < 0.6, 150, 0), "B": np.where(image.axes[..., 0] > 0, 100, 0) * image.mask}
    duration = shape[3] * TR
    onsets = np.arange(0, duration - PERIOD, PERIOD)
    events = [("A", onset, 20) for onset in onsets] + [("B", onset + 30, 5) for onset in onsets]
    with open(folder / "events.tsv", "w") as file:
        print("onset", "duration", "trial_type", sep="\t", file=file)
        for condition, onset, length in events:
            print(onset, length, condition, sep="\t", file=file)

    error = noise * random.normal(size=space)
    for volume in range(shape[3]):
        seconds = volume * TR - 5  # the response is late
        active = {condition for condition, onset, length in events if onset <= seconds < onset + length}
        error = rho * error + noise * random.normal(size=space)
        image.append(signal + sum(effects[one] for one in active) + drift * (volume / shape[3]) + error)


def make_dwi(folder, shape):
    image = Image(folder, "dwi.nii", shape, 1)
    random = np.random.default_rng(2)
    number = np.arange(shape[3])
    height, angle = 1 - (2 * number + 1) / len(number) / 2, number * np.pi * (3 - np.sqrt(5))
    b_vectors = np.stack([np.sqrt(1 - height**2) * np.cos(angle), np.sqrt(1 - height**2) * np.sin(angle), height])
    b_values = np.where(number % 13 == 0, 0, np.where(number % 2 == 0, 1000, 2000))
    np.savetxt(folder / "dwi.bval", b_values[np.newaxis], fmt="%d")
    np.savetxt(folder / "dwi.bvec", b_vectors * (b_values > 0), fmt="%.9f")

    # The larger the radius, the rounder the tensor: diffusivities 1.7, 0.3, 0.3 to 0.8, 0.8, 0.8 · 10⁻³ mm²/s.
    along = image.axes / np.maximum(np.linalg.norm(image.axes, axis=-1, keepdims=True), 1e-9)
    round_part = np.minimum(image.radius, 1)
    across = 1e-3 * (0.3 + 0.5 * round_part)
    more_along = 1e-3 * (1.4 - 1.4 * round_part)
    signal = np.where(image.mask, 1200 + 400 * np.cos(4 * image.radius), 0)
    for b, direction in zip(b_values, b_vectors.T):
        decayed = signal * np.exp(-b * (across + more_along * (along @ direction) ** 2))
        image.append(np.hypot(decayed + random.normal(0, 20, signal.shape), random.normal(0, 20, signal.shape)))


def make_echoes(folder, shape):
    image = Image(folder, "echoes.nii", shape, 1)
    random = np.random.default_rng(3)
    signal = np.where(image.mask, 1200 + 400 * np.cos(4 * image.radius), 0)
    t2star = 45 + 25 * np.sin(6 * image.radius)
    for echo in range(shape[3]):
        image.append(signal * np.exp(-(8 + 12 * echo) / t2star) + random.normal(0, 15, signal.shape))


kind, *shape, folder = sys.argv[1:]
{"bold": make_bold, "dwi": make_dwi, "echoes": make_echoes}[kind](pathlib.Path(folder), tuple(map(int, shape)))
