/* SPDX-License-Identifier: Apache-2.0 */
#include "model/layout.h"

#include "model/mobilenet.h"

#include <stdarg.h>
#include <stdio.h>

enum { LAYOUT_MAX_NAME_BYTES = 128 };

/* A walk that remembers the first refusal, so that its parts can be listed without asking after each. */
struct layout {
    layout_visitor *visit;
    void *context;
    int result;
};

/* A tensor of these dimensions (0 ends the list); its name is what format makes, then ending. */
static void layout_put(struct layout *layout, const size_t dimensions[4], const char *ending, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void layout_put(struct layout *layout, const size_t dimensions[4], const char *ending, const char *format, ...)
{
    char name[LAYOUT_MAX_NAME_BYTES];
    size_t rank = 0;
    if (layout->result)
        return;
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(name, sizeof name, format, ap);
    va_end(ap);
    snprintf(name + n, sizeof name - (size_t)n, "%s", ending);
    while (rank < 4 && dimensions[rank])
        rank++;
    layout->result = layout->visit(name, rank, dimensions, layout->context);
}

/* Weight [out, in] and bias [out] */
static void layout_linear(struct layout *layout, const char *prefix, const char *name, size_t out, size_t in)
{
    layout_put(layout, (size_t[4]){out, in}, ".weight", "%s%s", prefix, name);
    layout_put(layout, (size_t[4]){out}, ".bias", "%s%s", prefix, name);
}

static void layout_norm(struct layout *layout, const char *prefix, const char *name, size_t n)
{
    layout_put(layout, (size_t[4]){n}, ".weight", "%s%s", prefix, name);
    layout_put(layout, (size_t[4]){n}, ".bias", "%s%s", prefix, name);
}

static void layout_text(struct layout *layout, const struct config *config)
{
    size_t d = config->text.hidden_size, wide = config->text.intermediate_size;
    static const char embeddings[] = "text.embeddings.";
    layout_put(layout, (size_t[4]){config->text.vocab_size, d}, ".weight", "%sword_embeddings", embeddings);
    layout_put(layout, (size_t[4]){config->text.max_position_embeddings, d}, ".weight", "%sposition_embeddings",
               embeddings);
    layout_put(layout, (size_t[4]){config->text.type_vocab_size, d}, ".weight", "%stoken_type_embeddings", embeddings);
    layout_norm(layout, embeddings, "LayerNorm", d);
    for (size_t i = 0; i < config->text.num_hidden_layers; i++) {
        char layer[LAYOUT_MAX_NAME_BYTES / 2];
        snprintf(layer, sizeof layer, "text.encoder.layer.%zu.", i);
        layout_linear(layout, layer, "attention.self.query", d, d);
        layout_linear(layout, layer, "attention.self.key", d, d);
        layout_linear(layout, layer, "attention.self.value", d, d);
        layout_linear(layout, layer, "attention.output.dense", d, d);
        layout_norm(layout, layer, "attention.output.LayerNorm", d);
        layout_linear(layout, layer, "intermediate.dense", wide, d);
        layout_linear(layout, layer, "output.dense", d, wide);
        layout_norm(layout, layer, "output.LayerNorm", d);
    }
}

/* A convolution [out, in, kernel, kernel] without bias, and the batch norm behind it. */
static void layout_convolution(struct layout *layout, const char *prefix, const char *convolution, const char *norm,
                               size_t out, size_t in, size_t kernel)
{
    layout_put(layout, (size_t[4]){out, in, kernel, kernel}, ".weight", "%s%s", prefix, convolution);
    layout_norm(layout, prefix, norm, out);
    layout_put(layout, (size_t[4]){out}, ".running_mean", "%s%s", prefix, norm);
    layout_put(layout, (size_t[4]){out}, ".running_var", "%s%s", prefix, norm);
}

static void layout_resnet(struct layout *layout, const struct config *config)
{
    size_t in = config->image.embedding_size;
    layout_convolution(layout, "image.", "conv1", "bn1", in, 3, 7);
    for (size_t stage = 0; stage < 4; stage++) {
        size_t out = config->image.hidden_sizes[stage], narrow = out / 4;
        for (size_t i = 0; i < config->image.depths[stage]; i++, in = out) {
            char block[LAYOUT_MAX_NAME_BYTES / 2];
            snprintf(block, sizeof block, "image.layer%zu.%zu.", stage + 1, i);
            if (config->image.layer_type == RESNET_BOTTLENECK) {
                layout_convolution(layout, block, "conv1", "bn1", narrow, in, 1);
                layout_convolution(layout, block, "conv2", "bn2", narrow, narrow, 3);
                layout_convolution(layout, block, "conv3", "bn3", out, narrow, 1);
            } else {
                layout_convolution(layout, block, "conv1", "bn1", out, in, 3);
                layout_convolution(layout, block, "conv2", "bn2", out, out, 3);
            }
            if (in != out || (stage > 0 && i == 0)) /* the shortcut changes width, or halves the sides */
                layout_convolution(layout, block, "downsample.0", "downsample.1", out, in, 1);
        }
    }
}

static void layout_apenc(struct layout *layout, const struct config *config, const char *prefix)
{
    size_t d = config->text.hidden_size, wide = config->mmib.ffn_size;
    static const char *const projections[] = {"query", "key", "value"};
    for (size_t i = 0; i < 3; i++)
        layout_put(layout, (size_t[4]){d, d}, ".weight", "%sattention.%s", prefix, projections[i]);
    layout_linear(layout, prefix, "attention.output", d, d);
    layout_norm(layout, prefix, "norm1", d);
    layout_norm(layout, prefix, "norm2", d);
    if (wide) {
        layout_linear(layout, prefix, "ffn.up", wide, d);
        layout_linear(layout, prefix, "ffn.down", d, wide);
    } else {
        layout_linear(layout, prefix, "ffn.linear", d, d);
    }
}

static void layout_heads(struct layout *layout, const struct config *config)
{
    size_t d = config->text.hidden_size, labels = config->ner.n_labels;
    if (config->mmib.discriminator == DISCRIMINATOR_MLP) {
        layout_linear(layout, "discriminator.", "hidden", d, 2 * d);
        layout_linear(layout, "discriminator.", "output", 1, d);
    } else {
        layout_linear(layout, "discriminator.", "linear", d, 2 * d);
    }
    if (config->ner.present) {
        layout_linear(layout, "ner.", "emission", labels, d);
        layout_put(layout, (size_t[4]){labels}, "", "ner.crf.start");
        layout_put(layout, (size_t[4]){labels}, "", "ner.crf.end");
        layout_put(layout, (size_t[4]){labels, labels}, "", "ner.crf.transitions");
    }
    if (config->re.present)
        layout_linear(layout, "re.", "classifier", config->re.n_labels, 2 * d);
}

int layout_each(const struct config *config, layout_visitor *visit, void *context)
{
    static const char *const encoders[] = {"text_mean.", "text_logvar.", "image_mean.", "image_logvar.",
                                           "image_from_text.", "text_from_image."};
    struct layout layout = {visit, context, 0};
    size_t d = config->text.hidden_size;
    layout_text(&layout, config);
    if (config->image.architecture == IMAGE_RESNET)
        layout_resnet(&layout, config);
    if (config->image.architecture == IMAGE_MOBILENETV3_CENTERNET && !layout.result)
        layout.result = mobilenet_each(visit, context);
    if (config->image.architecture != IMAGE_NONE)
        layout_put(&layout, (size_t[4]){d, config->image.channels}, ".weight", "image_projection");
    layout_put(&layout, (size_t[4]){d}, ".bias", "image_projection");
    for (size_t i = 0; i < sizeof encoders / sizeof *encoders; i++)
        layout_apenc(&layout, config, encoders[i]);
    layout_heads(&layout, config);
    return layout.result;
}
