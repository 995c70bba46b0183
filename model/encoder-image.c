/* SPDX-License-Identifier: Apache-2.0 */
#include "model/encoder.h"

#include "corpora/files.h"
#include "model/encoder-config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { RESNET_STAGES = 4 };

struct encoder_resnet {
    bool bottleneck;
    size_t embedding_size, hidden_sizes[RESNET_STAGES], depths[RESNET_STAGES];
};

static const struct safetensors_entry *encoder_resnet_convolution(const struct encoder *encoder, size_t stage,
                                                                  size_t block, size_t index)
{
    char name[96];
    snprintf(name, sizeof name, "image.layer%zu.%zu.conv%zu.weight", stage + 1, block, index);
    const struct safetensors_entry *entry = encoder_find(encoder, name);
    return entry && entry->rank == 4 ? entry : NULL;
}

/* Depths and widths out of the tensors that are there; whether all fit together is checked tensor by tensor later. */
static int encoder_resnet_infer(const struct encoder *encoder, struct encoder_resnet *out, struct error *err)
{
    const struct safetensors_entry *stem = encoder_find(encoder, "image.conv1.weight");
    out->bottleneck = encoder_resnet_convolution(encoder, 0, 0, 3);
    out->embedding_size = stem && stem->rank == 4 ? stem->shape[0] : 0;
    for (size_t stage = 0; stage < RESNET_STAGES; stage++) {
        const struct safetensors_entry *last = encoder_resnet_convolution(encoder, stage, 0, out->bottleneck ? 3 : 2);
        if (!last)
            return error_set(err, ERROR_INPUT, "%s: no ResNet: stage %zu of its four is missing",
                             safetensors_path(encoder->file), stage + 1);
        out->hidden_sizes[stage] = last->shape[0];
        while (encoder_resnet_convolution(encoder, stage, out->depths[stage], 1))
            out->depths[stage]++;
    }
    return 0;
}

static void encoder_resnet_sizes(struct text *out, const char *name, const size_t sizes[RESNET_STAGES])
{
    json_put_name(out, name);
    text_add_format(out, "[%zu, %zu, %zu, %zu]", sizes[0], sizes[1], sizes[2], sizes[3]);
}

/* The picture goes in as the paper has it, with the colours of ImageNet. */
static char *encoder_resnet_section(const struct encoder *encoder, struct error *err)
{
    struct encoder_resnet resnet = {0};
    struct text out = {0};
    if (encoder_resnet_infer(encoder, &resnet, err))
        return NULL;
    text_add_format(&out, "{\"architecture\": \"resnet\", \"layer_type\": \"%s\", \"embedding_size\": %zu",
                    resnet.bottleneck ? "bottleneck" : "basic", resnet.embedding_size);
    encoder_resnet_sizes(&out, "hidden_sizes", resnet.hidden_sizes);
    encoder_resnet_sizes(&out, "depths", resnet.depths);
    text_add(&out, ", \"image_size\": 224, \"preprocess\": \"squash\", \"mean\": [0.485, 0.456, 0.406], "
             "\"std\": [0.229, 0.224, 0.225]}");
    char *section = text_take(&out);
    if (!section)
        error_memory(err, safetensors_path(encoder->file));
    return section;
}

/* Variants of ResNet that have the same tensors and compute something else. */
static int encoder_resnet_check(const struct encoder_config *config, struct error *err)
{
    static const char *const switches[] = {"downsample_in_first_stage", "downsample_in_bottleneck"};
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        if (json_true(json_member(config->json, switches[i])))
            return error_set(err, ERROR_INPUT, "%s: %s: is true, which is not supported", config->path, switches[i]);
    return encoder_config_expect(config, "hidden_act", "relu", err);
}

static bool encoder_image_has_prefix(const struct safetensors *file, const char *prefix)
{
    for (size_t i = 0; i < safetensors_count(file); i++)
        if (!strncmp(safetensors_at(file, i)->name, prefix, strlen(prefix)))
            return true;
    return false;
}

/* Which of the known kinds it is: a tensor that only it has says so. */
static int encoder_image_recognise(struct encoder *out, const struct encoder_config *config, struct error *err)
{
    static const struct {
        const char *tensor, *prefix;
        bool hugging_face;
    } kinds[] = {
        {"image.conv1.weight", "image.", false},
        {"conv1.weight", "", false},
        {"resnet.embedder.embedder.convolution.weight", "resnet.", true},
        {"embedder.embedder.convolution.weight", "", true},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!safetensors_find(out->file, kinds[i].tensor))
            continue;
        out->prefix = kinds[i].prefix;
        out->hugging_face_resnet = kinds[i].hugging_face;
        if (!config->ours && encoder_resnet_check(config, err))
            return -1;
        out->section = config->ours ? encoder_config_section(config, "image_encoder", err)
                                    : encoder_resnet_section(out, err);
        return out->section ? 0 : -1;
    }
    if (!encoder_image_has_prefix(out->file, "image."))
        return error_set(err, ERROR_INPUT, "%s: no ResNet in torchvision's or Hugging Face's names, and no tensor of an "
                         "image encoder of a model (image.*)", safetensors_path(out->file));
    out->prefix = "image.";
    out->every_tensor = true;
    if (config->ours)
        out->section = encoder_config_section(config, "image_encoder", err);
    else if (!(out->section = strdup("{\"architecture\": \"mobilenetv3-centernet\"}")))
        error_memory(err, safetensors_path(out->file));
    return out->section ? 0 : -1;
}

int encoder_open_image(const char *path, struct encoder *out, struct error *err)
{
    struct encoder_config config = {0};
    struct stat status;
    char *weights = NULL;
    int result = -1;
    *out = (struct encoder){.prefix = ""};
    if (stat(path, &status)) {
        error_errno(err, path);
        goto out;
    }
    if (S_ISDIR(status.st_mode) && encoder_config_read(path, "config.json", false, &config, err))
        goto out;
    weights = S_ISDIR(status.st_mode) ? file_join(path, "model.safetensors") : strdup(path);
    if (!weights) {
        error_memory(err, path);
        goto out;
    }
    out->file = safetensors_open(weights, err);
    if (out->file)
        result = encoder_image_recognise(out, &config, err);
out:
    encoder_config_free(&config);
    free(weights);
    return result;
}
