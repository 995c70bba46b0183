/* SPDX-License-Identifier: Apache-2.0 */
#include "model/released.h"

#include "corpora/json.h"
#include "model/resnet-section.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char released_markers[] = "<s>\n</s>\n<o>\n</o>\n";

enum { RELEASED_HEAD_WIDTH = 64, RELEASED_HEADS = 12 };

/* Of NER, in the order of their numbers there. */
static const char *const released_tags[] = {"[PAD]", "O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC",
                                            "I-LOC", "X", "[CLS]", "[SEP]"};

/* Of RE: those of MNRE, spelt as there. */
static const char *const released_relations[] = {
    "None", "/per/per/parent", "/per/per/siblings", "/per/per/couple", "/per/per/neighbor", "/per/per/peer",
    "/per/per/charges", "/per/per/alumi", "/per/per/alternate_names", "/per/org/member_of",
    "/per/loc/place_of_residence", "/per/loc/place_of_birth", "/org/org/alternate_names", "/org/org/subsidiary",
    "/org/loc/locate_at", "/loc/loc/contain", "/per/misc/present_in", "/per/misc/awarded", "/per/misc/race",
    "/per/misc/religion", "/per/misc/nationality", "/misc/misc/part_of", "/misc/loc/held_on"};

struct released_name {
    const char *ours, *theirs;
};

/* Beginnings; the first that fits counts. The two programs for NER and RE call the variational encoders differently. */
static const struct released_name released_beginnings[] = {
    {"text_mean.", "txt_mean."}, {"text_mean.", "txt_encoding_mean."},
    {"text_logvar.", "txt_logstd."}, {"text_logvar.", "txt_encoding_logstd."},
    {"image_mean.", "img_mean."}, {"image_mean.", "img_encoding_mean."},
    {"image_logvar.", "img_logstd."}, {"image_logvar.", "img_encoding_logstd."},
    {"image_from_text.", "img2txt_cross."}, {"text_from_image.", "txt2img_cross."},
    {"text.", "bert."}, {"image.", "vis_encoding.resnet."}, {"image_projection.", "linear."},
    {"discriminator.linear.", "discrimonator."}, {"ner.emission.", "fc."}, {"re.classifier.", "classifier."},
    {"ner.crf.start", "crf.start_transitions"}, {"ner.crf.end", "crf.end_transitions"},
    {"ner.crf.transitions", "crf.transitions"},
};

/* Within an attention-projection encoder. */
static const struct released_name released_parts[] = {
    {"attention.query.", "cross_attn.linears.0."}, {"attention.key.", "cross_attn.linears.1."},
    {"attention.value.", "cross_attn.linears.2."}, {"attention.output.", "cross_attn.last_linear."},
    {"norm1.", "ln1."}, {"norm2.", "ln2."}, {"ffn.linear.", "dense."},
};

static const char *released_behind(const char *name, const char *beginning)
{
    size_t n = strlen(beginning);
    return strncmp(name, beginning, n) ? NULL : name + n;
}

static void released_name(const struct released_name *beginning, const char *name, char out[RELEASED_MAX_NAME_BYTES])
{
    const char *rest = released_behind(name, beginning->ours);
    const char *part = "", *behind = NULL;
    bool is_encoder = strstr(beginning->theirs, "_mean.") || strstr(beginning->theirs, "_logstd.") ||
                      strstr(beginning->theirs, "_cross.");
    for (size_t i = 0; is_encoder && i < sizeof released_parts / sizeof *released_parts && !behind; i++) {
        behind = released_behind(rest, released_parts[i].ours);
        part = behind ? released_parts[i].theirs : part;
    }
    snprintf(out, RELEASED_MAX_NAME_BYTES, "%s%s%s", beginning->theirs, part, behind ? behind : rest);
}

const struct safetensors_entry *released_find(const struct foreign_weights *checkpoint, const char *name,
                                              char out[RELEASED_MAX_NAME_BYTES])
{
    char tried[RELEASED_MAX_NAME_BYTES];
    snprintf(out, RELEASED_MAX_NAME_BYTES, "%s", name);
    bool first = true;
    for (size_t i = 0; i < sizeof released_beginnings / sizeof *released_beginnings; i++) {
        if (!released_behind(name, released_beginnings[i].ours))
            continue;
        released_name(&released_beginnings[i], name, tried);
        const struct safetensors_entry *entry = foreign_weights_find(checkpoint, tried);
        if (entry || first)
            strcpy(out, tried);
        if (entry)
            return entry;
        first = false;
    }
    return NULL;
}

static const struct safetensors_entry *released_find_quietly(const void *checkpoint, const char *name)
{
    char foreign[RELEASED_MAX_NAME_BYTES];
    return released_find(checkpoint, name, foreign);
}

/* A side of a matrix that must be there. */
static int released_size(const struct foreign_weights *checkpoint, const char *name, size_t side, size_t *out,
                         struct error *err)
{
    char foreign[RELEASED_MAX_NAME_BYTES];
    const struct safetensors_entry *entry = released_find(checkpoint, name, foreign);
    if (!entry || entry->rank != 2)
        return error_set(err, ERROR_INPUT, "%s: %s: %s", foreign_weights_path(checkpoint), foreign,
                         entry ? "is no matrix" : "this tensor is missing");
    *out = entry->shape[side];
    return 0;
}

static int released_put_text(const struct foreign_weights *checkpoint, struct text *out, struct error *err)
{
    static const char embeddings[] = "text.embeddings.";
    char name[RELEASED_MAX_NAME_BYTES];
    size_t vocab, positions, types, width, wide, layers = 0;
    const char *const path = foreign_weights_path(checkpoint);
    snprintf(name, sizeof name, "%sword_embeddings.weight", embeddings);
    if (released_size(checkpoint, name, 0, &vocab, err) || released_size(checkpoint, name, 1, &width, err))
        return -1;
    snprintf(name, sizeof name, "%sposition_embeddings.weight", embeddings);
    if (released_size(checkpoint, name, 0, &positions, err))
        return -1;
    snprintf(name, sizeof name, "%stoken_type_embeddings.weight", embeddings);
    if (released_size(checkpoint, name, 0, &types, err) ||
        released_size(checkpoint, "text.encoder.layer.0.intermediate.dense.weight", 0, &wide, err))
        return -1;
    do
        snprintf(name, sizeof name, "text.encoder.layer.%zu.output.dense.weight", ++layers);
    while (released_find_quietly(checkpoint, name));
    if (!width || width % RELEASED_HEAD_WIDTH || width % RELEASED_HEADS)
        return error_set(err, ERROR_INPUT, "%s: a hidden size of %zu does not tell the number of heads: --config is "
                         "needed", path, width);
    text_add_format(out, "{\"format\": \"mmib\", \"version\": 1,\n \"text_encoder\": {\"architecture\": \"bert\", "
                    "\"vocab_size\": %zu, \"hidden_size\": %zu, \"num_hidden_layers\": %zu, \"num_attention_heads\": %zu, "
                    "\"intermediate_size\": %zu, \"max_position_embeddings\": %zu, \"type_vocab_size\": %zu, "
                    "\"layer_norm_eps\": 1e-12, \"lowercase\": true",
                    vocab, width, layers, width / RELEASED_HEAD_WIDTH, wide, positions, types);
    return 0;
}

static void released_put_labels(struct text *out, const char *const *labels, size_t n, const char *choice)
{
    text_add(out, "{\"labels\": [");
    for (size_t i = 0; i < n; i++) {
        text_add(out, i ? ", " : "");
        json_put_text(out, labels[i]);
    }
    text_add_format(out, "], %s}", choice);
}

static int released_put_tasks(const struct foreign_weights *checkpoint, bool ner, struct text *out, struct error *err)
{
    size_t labels, tags = sizeof released_tags / sizeof *released_tags;
    size_t relations = sizeof released_relations / sizeof *released_relations;
    if (released_size(checkpoint, ner ? "ner.emission.weight" : "re.classifier.weight", 0, &labels, err))
        return -1;
    if (labels != (ner ? tags : relations))
        return error_set(err, ERROR_INPUT, "%s: has %zu labels, not the %zu of the released program: --config is needed",
                         foreign_weights_path(checkpoint), labels, ner ? tags : relations);
    text_add_format(out, " \"tasks\": {\"%s\": ", ner ? "ner" : "re");
    if (ner)
        released_put_labels(out, released_tags, tags, "\"tagging\": \"subword\"");
    else
        released_put_labels(out, released_relations, relations, "\"representation\": \"marker\"");
    text_add(out, "}}\n");
    return 0;
}

char *released_config(const struct foreign_weights *checkpoint, struct error *err)
{
    static const struct resnet_input input = {.image_size = 224, .resize = 256};
    struct text out = {0};
    bool ner = released_find_quietly(checkpoint, "ner.emission.weight");
    char *image = NULL, *config = NULL;
    if (released_put_text(checkpoint, &out, err))
        goto out;
    image = resnet_section(released_find_quietly, checkpoint, &input, foreign_weights_path(checkpoint), err);
    if (!image)
        goto out;
    /* Where texts are cut there. */
    text_add_format(&out, ", \"max_pieces\": %d},\n \"image_encoder\": %s,\n", ner ? 128 : 80, image);
    text_add_format(&out, " \"mmib\": {\"heads\": %d, \"ffn_size\": 0, \"max_objects\": 3, \"dropout\": 0.1, "
                    "\"beta_text\": 0.1, \"beta_image\": 0.1, \"pooling\": \"first\", \"discriminator\": \"linear\"},\n",
                    RELEASED_HEADS);
    if (released_put_tasks(checkpoint, ner, &out, err))
        goto out;
    config = text_take(&out);
    if (!config)
        error_memory(err, foreign_weights_path(checkpoint));
out:
    text_free(&out);
    free(image);
    return config;
}
