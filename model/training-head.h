/* The task losses with their gradients: the CRF's negative log-likelihood (eq. 18), the relations' cross-entropy (eq. 19).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_TRAINING_HEAD_H
#define MMIB_MODEL_TRAINING_HEAD_H

#include "model/training-pass.h"
#include "model/training-step.h"

/* Mean over the n posts. The gradient of share times the loss is added to dfused [text rows, d], the gradient of C, and to
 * the parameters. A post without rows counts with a loss of 0. -1 when memory is out. */
int training_head_ner(struct mmib *model, const struct training_pass *pass, const struct training_item *items, size_t n,
                      const struct mmib_states *states, double share, float *dfused, double *loss);

/* Mean over all pairs of the batch; 0 without any. The same otherwise. */
int training_head_re(struct mmib *model, const struct training_pass *pass, const struct training_item *items, size_t n,
                     const struct mmib_states *states, double share, float *dfused, double *loss);

#endif
