# SPDX-License-Identifier: MIT
"""Diffusion tensors by dipy: tensor_dipy.py OLS|WLS DWI.nii BVAL BVEC MASK.nii.gz FOLDER"""

import sys

import nibabel
import numpy as np
from dipy.core.gradients import gradient_table
from dipy.io import read_bvals_bvecs
from dipy.reconst.dti import TensorModel

method, image_path, b_values, b_vectors, mask_path, folder = sys.argv[1:]
image = nibabel.load(image_path)
mask = np.asarray(nibabel.load(mask_path).dataobj) != 0
model = TensorModel(gradient_table(*read_bvals_bvecs(b_values, b_vectors)), fit_method=method)
fit = model.fit(np.asarray(image.dataobj), mask=mask)
for name, values in {"tensor": fit.lower_triangular(), "fa": fit.fa, "md": fit.md}.items():
    nibabel.save(nibabel.Nifti1Image(values.astype(np.float32), image.affine), f"{folder}/{name}.nii.gz")
