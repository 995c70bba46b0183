/* SPDX-License-Identifier: Apache-2.0 */
#include "model/encoder.h"

#include "corpora/files.h"
#include "model/encoder-config.h"
#include "model/resnet-section.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* As the paper has it. */
static const struct resnet_input encoder_image_input = {.image_size = 224, .resize = 0};

static const struct safetensors_entry *encoder_image_find(const void *context, const char *name)
{
    return encoder_find(context, name);
}

/* Variants of ResNet that have the same tensors and compute something else. */
static int encoder_image_check(const struct encoder_config *config, struct error *err)
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
        if (!config->ours && encoder_image_check(config, err))
            return -1;
        out->section = config->ours ? encoder_config_section(config, "image_encoder", err)
                                    : resnet_section(encoder_image_find, out, &encoder_image_input, safetensors_path(out->file), err);
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
