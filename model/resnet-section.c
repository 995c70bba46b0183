/* SPDX-License-Identifier: Apache-2.0 */
#include "model/resnet-section.h"

#include "corpora/json.h"

#include <stdbool.h>
#include <stdio.h>

enum { RESNET_STAGES = 4 };

struct resnet_weights {
    resnet_section_finder *find;
    const void *context;
};

static const struct safetensors_entry *resnet_section_convolution(const struct resnet_weights *weights, size_t stage,
                                                                  size_t block, size_t index)
{
    char name[96];
    snprintf(name, sizeof name, "image.layer%zu.%zu.conv%zu.weight", stage + 1, block, index);
    const struct safetensors_entry *entry = weights->find(weights->context, name);
    return entry && entry->rank == 4 ? entry : NULL;
}

static void resnet_section_sizes(struct text *out, const char *name, const size_t sizes[RESNET_STAGES])
{
    json_put_name(out, name);
    text_add_format(out, "[%zu, %zu, %zu, %zu]", sizes[0], sizes[1], sizes[2], sizes[3]);
}

char *resnet_section(resnet_section_finder *find, const void *context, const struct resnet_input *input,
                     const char *path, struct error *err)
{
    struct resnet_weights weights = {find, context};
    const struct safetensors_entry *stem = find(context, "image.conv1.weight");
    bool bottleneck = resnet_section_convolution(&weights, 0, 0, 3);
    size_t widths[RESNET_STAGES], depths[RESNET_STAGES] = {0};
    struct text out = {0};
    for (size_t stage = 0; stage < RESNET_STAGES; stage++) {
        const struct safetensors_entry *last = resnet_section_convolution(&weights, stage, 0, bottleneck ? 3 : 2);
        if (!last || !stem || stem->rank != 4) {
            error_set(err, ERROR_INPUT, "%s: no ResNet: stage %zu of its four is missing", path, stage + 1);
            return NULL;
        }
        widths[stage] = last->shape[0];
        while (resnet_section_convolution(&weights, stage, depths[stage], 1))
            depths[stage]++;
    }
    text_add_format(&out, "{\"architecture\": \"resnet\", \"layer_type\": \"%s\", \"embedding_size\": %zu",
                    bottleneck ? "bottleneck" : "basic", stem->shape[0]);
    resnet_section_sizes(&out, "hidden_sizes", widths);
    resnet_section_sizes(&out, "depths", depths);
    text_add_format(&out, ", \"image_size\": %zu, \"preprocess\": \"%s\"", input->image_size,
                    input->resize ? "resize-crop" : "squash");
    if (input->resize)
        text_add_format(&out, ", \"resize\": %zu", input->resize);
    text_add(&out, ", \"mean\": [0.485, 0.456, 0.406], \"std\": [0.229, 0.224, 0.225]}");
    char *section = text_take(&out);
    if (!section)
        error_memory(err, path);
    return section;
}
