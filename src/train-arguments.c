/* SPDX-License-Identifier: Apache-2.0 */
#include "src/train-arguments.h"

#include <string.h>

static int train_arguments_check_range(const char *name, double value, double least, double most, struct error *err)
{
    if (value >= least && value <= most)
        return 0;
    return error_set(err, ERROR_USAGE, "--%s: %g is not between %g and %g", name, value, least, most);
}

static int train_arguments_check(struct train_arguments *arguments, struct error *err)
{
    static const char *const names[] = {"f32", "f16", "bf16"};
    static const enum tensor_type types[] = {TENSOR_F32, TENSOR_F16, TENSOR_BF16};
    struct train_options *options = &arguments->options;
    const struct {
        const char *name;
        double value, least, most;
    } ranges[] = {{"epochs", (double)options->epochs, 1, 1e5},   {"batch", (double)options->batch, 1, 4096},
                  {"accumulate", (double)options->accumulate, 1, 4096},
                  {"lr", options->rate, 0, 1e6},                 {"head-lr", options->head_rate, 0, 1e6},
                  {"crf-lr", options->crf_rate, 0, 1e6},         {"warmup", options->warmup, 0, 1},
                  {"decay", options->decay, 0, 1e6},             {"clip", options->clip, 0, 1e9},
                  {"dropout", options->dropout, 0, 0.999},       {"beta-text", options->beta_text, 0, 1e6},
                  {"beta-image", options->beta_image, 0, 1e6},   {"average", options->average, 0, 0.999999},
                  {"lend-images", options->variation.lend_images, 0, 1},
                  {"hide-images", options->variation.hide_images, 0, 1},
                  {"mask", options->variation.mask, 0, 1}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (train_arguments_check_range(ranges[i].name, ranges[i].value, ranges[i].least, ranges[i].most, err))
            return -1;
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(names[i], arguments->type)) {
            options->type = types[i];
            return 0;
        }
    return error_set(err, ERROR_USAGE, "--type: %s is not one of f32, f16, bf16", arguments->type);
}

int train_arguments_settle(struct train_arguments *arguments, const struct config *config, struct error *err)
{
    struct train_options *options = &arguments->options;
    options->head_rate = isnan(options->head_rate) ? options->rate : options->head_rate;
    options->dropout = isnan(options->dropout) ? config->mmib.dropout : options->dropout;
    options->beta_text = isnan(options->beta_text) ? config->mmib.beta_text : options->beta_text;
    options->beta_image = isnan(options->beta_image) ? config->mmib.beta_image : options->beta_image;
    if (options->freeze_text > config->text.num_hidden_layers)
        return error_set(err, ERROR_USAGE, "--freeze-text: %zu is more than the text encoder's %zu layers",
                         options->freeze_text, config->text.num_hidden_layers);
    return train_arguments_check(arguments, err);
}
