# SPDX-License-Identifier: MIT
"""The design matrix of a run by numpy and scipy, from the formulas that nilearn 0.10.4 documents.

Glover's and SPM's responses are differences of two gamma densities on a grid of 50 points for each volume. The events
of a condition are a step function on that grid, convolved with the response, and read at the volumes by linear
interpolation; each column of a condition is made orthogonal to those before it.
"""

import numpy as np
from scipy.interpolate import interp1d
from scipy.stats import gamma

OVERSAMPLING = 50
TIME_STEP, DISPERSION_STEP = 0.1, 0.01
# delay and dispersion of the peak, delay and dispersion of the undershoot, its ratio
RESPONSES = {"glover": (6, 0.9, 12, 0.9, 0.35), "spm": (6, 1, 16, 1, 0.167)}


def response(tr, constants, onset=0.0):
    delay, dispersion, late_delay, late_dispersion, ratio = constants
    step = tr / OVERSAMPLING
    times = np.linspace(0, 32, int(np.rint(32 / step))) - onset
    values = (gamma.pdf(times, delay / dispersion, loc=step, scale=dispersion)
              - ratio * gamma.pdf(times, late_delay / late_dispersion, loc=step, scale=late_dispersion))
    return values / values.sum()


def responses(tr, hrf, derivatives, undershoot=None):
    """The response and its derivatives; that by dispersion has an undershoot of dispersion 1."""
    delay, dispersion, late_delay, late_dispersion, ratio = RESPONSES[hrf]
    ratio = ratio if undershoot is None else undershoot
    constants = delay, dispersion, late_delay, late_dispersion, ratio
    found = [response(tr, constants)]
    if derivatives != "none":
        found.append((found[0] - response(tr, constants, TIME_STEP)) / TIME_STEP)
    if derivatives == "dispersion":
        narrow, wide = (response(tr, (delay, dispersion + more, late_delay, 1, ratio)) for more in (0, DISPERSION_STEP))
        found.append((narrow - wide) / DISPERSION_STEP)
    return found


def orthogonal(columns):
    """Each column less its projection on those before it, by least squares."""
    for number in range(1, columns.shape[1]):
        before = columns[:, :number]
        columns[:, number] -= before @ np.linalg.pinv(before) @ columns[:, number]
    return columns


def condition_columns(events, volume_times, kernels, min_onset):
    """Columns of one condition: events are (onset, duration, modulation)."""
    count = len(volume_times)
    first, last = volume_times[0], volume_times[-1]
    end = last * (1 + 1 / (count - 1))
    points = (count - 1) / (last - first) * ((end - first - min_onset) * OVERSAMPLING) + 1
    grid = np.linspace(first + min_onset, end, int(np.rint(points)))
    changes = np.zeros(len(grid))
    for onset, duration, modulation in events:
        on, off = (min(int(np.searchsorted(grid, time)), len(grid) - 1) for time in (onset, onset + duration))
        changes[on] += modulation
        changes[min(off + (on == off), len(grid) - 1)] -= modulation
    steps = np.cumsum(changes)
    columns = [interp1d(grid, np.convolve(steps, kernel)[:len(grid)])(volume_times) for kernel in kernels]
    return orthogonal(np.stack(columns, axis=1))


def drift_columns(drift, high_pass, volume_times):
    count = len(volume_times)
    if drift == "none":
        return np.empty((count, 0))
    if drift == "cosine":
        tr = (volume_times[-1] - volume_times[0]) / (count - 1)
        order = min(count - 1, int(np.floor(2 * count * high_pass * tr)))
        waves = np.outer(np.arange(count) + 0.5, np.arange(1, order + 1))
        return np.sqrt(2 / count) * np.cos(np.pi / count * waves)
    order = int(drift.partition(":")[2] or 1)
    powers = (volume_times / volume_times.max())[:, None] ** np.arange(order + 1)
    return orthogonal(powers)[:, 1:]


def design(events, volumes, tr, *, hrf="glover", derivatives="none", undershoot=None, drift="cosine", high_pass=0.01,
           min_onset=-24.0, slice_time_ref=0.0, confounds=None):
    """Names and columns; `events` are (onset, duration, trial_type, modulation), `confounds` a dict of columns."""
    times = np.linspace(slice_time_ref * tr, (volumes - 1 + slice_time_ref) * tr, volumes)
    kernels = responses(np.min(np.diff(times)), hrf, derivatives, undershoot)
    names, columns = [], []
    for condition in sorted({event[2] for event in events}):
        mine = [(onset, duration, modulation) for onset, duration, name, modulation in events if name == condition]
        names += [condition + ending for ending in ("", "_derivative", "_dispersion")[:len(kernels)]]
        columns.append(condition_columns(mine, times, kernels, min_onset))
    for name, values in (confounds or {}).items():
        names.append(name)
        columns.append(np.asarray(values)[:, None])
    columns.append(drift_columns(drift, high_pass, times))
    names += [f"drift_{number}" for number in range(1, columns[-1].shape[1] + 1)] + ["constant"]
    return names, np.hstack([*columns, np.ones((volumes, 1))])
