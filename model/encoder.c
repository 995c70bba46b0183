/* Names and shapes that text and image encoders share; encoder-text.c and encoder-image.c open them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/encoder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENCODER_MAX_NAME_BYTES = 256 };

/* torchvision's "layer1.0.conv2.weight" is "encoder.stages.0.layers.0.layer.1.convolution.weight" there. */
static void encoder_hugging_face_name(const char *name, char *out, size_t size)
{
    size_t stage, block, at = 0;
    int end = 0;
    *out = 0;
    if (!strncmp(name, "conv1.", 6)) {
        snprintf(out, size, "embedder.embedder.convolution.%s", name + 6);
    } else if (!strncmp(name, "bn1.", 4)) {
        snprintf(out, size, "embedder.embedder.normalization.%s", name + 4);
    } else if (sscanf(name, "layer%zu.%zu.%n", &stage, &block, &end) == 2 && end) {
        char place[ENCODER_MAX_NAME_BYTES / 2];
        const char *part = name + end;
        snprintf(place, sizeof place, "encoder.stages.%zu.layers.%zu", stage - 1, block);
        if (!strncmp(part, "downsample.0.", 13))
            snprintf(out, size, "%s.shortcut.convolution.%s", place, part + 13);
        else if (!strncmp(part, "downsample.1.", 13))
            snprintf(out, size, "%s.shortcut.normalization.%s", place, part + 13);
        else if (sscanf(part, "conv%zu.%n", &at, &end) == 1)
            snprintf(out, size, "%s.layer.%zu.convolution.%s", place, at - 1, part + end);
        else if (sscanf(part, "bn%zu.%n", &at, &end) == 1)
            snprintf(out, size, "%s.layer.%zu.normalization.%s", place, at - 1, part + end);
    }
}

/* What the tensor is called in the file. */
static void encoder_name(const struct encoder *encoder, const char *name, char out[ENCODER_MAX_NAME_BYTES])
{
    char foreign[ENCODER_MAX_NAME_BYTES - 32];
    const char *part = strchr(name, '.');
    part = part ? part + 1 : name;
    if (encoder->hugging_face_resnet)
        encoder_hugging_face_name(part, foreign, sizeof foreign);
    else
        snprintf(foreign, sizeof foreign, "%s", part);
    snprintf(out, ENCODER_MAX_NAME_BYTES, "%s%s", encoder->prefix, foreign);
    /* Norms in files that came from TensorFlow have its names. */
    size_t n = strlen(out);
    static const char *const pairs[][2] = {{".LayerNorm.weight", ".LayerNorm.gamma"}, {".LayerNorm.bias", ".LayerNorm.beta"}};
    for (size_t i = 0; i < 2 && !safetensors_find(encoder->file, out); i++) {
        size_t k = strlen(pairs[i][0]);
        char other[ENCODER_MAX_NAME_BYTES];
        if (n < k || strcmp(out + n - k, pairs[i][0]))
            continue;
        snprintf(other, sizeof other, "%.*s%s", (int)(n - k), out, pairs[i][1]);
        if (safetensors_find(encoder->file, other))
            strcpy(out, other);
    }
}

const struct safetensors_entry *encoder_find(const struct encoder *encoder, const char *name)
{
    char foreign[ENCODER_MAX_NAME_BYTES];
    encoder_name(encoder, name, foreign);
    return safetensors_find(encoder->file, foreign);
}

int encoder_expect(const struct encoder *encoder, const char *name, size_t rank, const size_t *shape,
                   struct error *err)
{
    char foreign[ENCODER_MAX_NAME_BYTES];
    encoder_name(encoder, name, foreign);
    return safetensors_expect(encoder->file, foreign, rank, shape, err);
}

void encoder_close(struct encoder *encoder)
{
    safetensors_close(encoder->file);
    free(encoder->section);
    *encoder = (struct encoder){0};
}
