/* Each section is read by one function; each member through a helper that knows its type and range and writes the
 * message. A member that is not ours is refused within a section: a misspelt one would silently be a default.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/config.h"

#include "corpora/json.h"
#include "corpora/text.h"
#include "model/file.h"
#include "model/mobilenet.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONFIG_MAX_BYTES = 1024 * 1024,
    CONFIG_MAX_VOCAB = 1 << 24,
    CONFIG_MAX_WIDTH = 1 << 16, /* of any layer, in numbers or channels */
    CONFIG_MAX_LAYERS = 512,
    CONFIG_MAX_POSITIONS = 1 << 16,
    CONFIG_MAX_LABELS = 4096,
    CONFIG_MAX_OBJECTS = 64,
    CONFIG_MAX_PIXELS = 4096, /* side of the encoder's input */
    CONFIG_MAX_PIECES_DEFAULT = 128,
    CENTERNET_PIXELS = 224,
    RESNET_BOTTLENECK_REDUCTION = 4,
};

/* The place that a helper reads from, and where its message goes. */
struct config_section {
    const char *path; /* of the file */
    const char *name; /* "text_encoder" */
    struct json_value json;
    struct error *err;
};

static int config_complain(const struct config_section *section, const char *member, const char *reason)
{
    return error_set(section->err, ERROR_INPUT, "%s: %s%s%s: %s", section->path, section->name,
                     *section->name ? "." : "", member, reason);
}

static struct json_value config_member(const struct config_section *section, const char *member)
{
    return json_member(section->json, member);
}

static bool config_has(const struct config_section *section, const char *member)
{
    return json_kind(config_member(section, member)) != JSON_ABSENT;
}

static int config_complain_of_member(const struct config_section *section, struct json_value name, const char *reason)
{
    char *text = json_text(name);
    int result = text ? config_complain(section, text, reason) : error_memory(section->err, section->path);
    free(text);
    return result;
}

/* No member of the list (which ends with NULL) stands twice; where the section is closed, there are no others. */
static int config_check_members(const struct config_section *section, const char *const *known, bool closed)
{
    unsigned seen = 0;
    struct json_walk walk = json_walk(section->json);
    for (struct json_value name, value; json_next_member(&walk, &name, &value);) {
        size_t i = 0;
        while (known[i] && !json_text_is(name, known[i]))
            i++;
        if (!known[i] && closed)
            return config_complain_of_member(section, name, "is not a member of this section");
        if (known[i] && seen & 1u << i)
            return config_complain_of_member(section, name, "stands twice");
        seen |= known[i] ? 1u << i : 0;
    }
    return 0;
}

static int config_section(const struct config_section *above, const char *member, const char *name,
                          struct config_section *out)
{
    *out = (struct config_section){above->path, name, config_member(above, member), above->err};
    if (json_kind(out->json) != JSON_OBJECT)
        return config_complain(above, member, config_has(above, member) ? "is not an object" : "is missing");
    return 0;
}

static int config_check_size(const struct config_section *section, const char *member, struct json_value value,
                             size_t min, size_t max, size_t *out)
{
    if (!json_whole(value, out))
        return config_complain(section, member, "is not a whole number");
    if (*out < min || *out > max)
        return error_set(section->err, ERROR_INPUT, "%s: %s.%s: %zu is not between %zu and %zu", section->path,
                         section->name, member, *out, min, max);
    return 0;
}

static int config_size(const struct config_section *section, const char *member, size_t min, size_t max, size_t *out)
{
    if (!config_has(section, member))
        return config_complain(section, member, "is missing");
    return config_check_size(section, member, config_member(section, member), min, max, out);
}

/* Leaves *out as it is where the member is absent. */
static int config_size_or(const struct config_section *section, const char *member, size_t min, size_t max, size_t *out)
{
    return config_has(section, member) ? config_size(section, member, min, max, out) : 0;
}

static int config_check_real(const struct config_section *section, const char *member, struct json_value value,
                             double min, double max, double *out)
{
    if (json_kind(value) != JSON_NUMBER)
        return config_complain(section, member, "is not a number");
    *out = json_number(value);
    if (!(*out >= min && *out <= max))
        return error_set(section->err, ERROR_INPUT, "%s: %s.%s: %.15g is not between %.15g and %.15g", section->path,
                         section->name, member, *out, min, max);
    return 0;
}

static int config_real(const struct config_section *section, const char *member, double min, double max, double *out)
{
    if (!config_has(section, member))
        return config_complain(section, member, "is missing");
    return config_check_real(section, member, config_member(section, member), min, max, out);
}

static int config_real_or(const struct config_section *section, const char *member, double min, double max, double *out)
{
    return config_has(section, member) ? config_real(section, member, min, max, out) : 0;
}

/* The index of the member's text among the choices, which end with NULL. */
static int config_choice(const struct config_section *section, const char *member, const char *const *choices, int *out)
{
    struct json_value value = config_member(section, member);
    if (!config_has(section, member))
        return config_complain(section, member, "is missing");
    char reason[200] = "is none of";
    for (int i = 0; choices[i]; i++) {
        if (json_kind(value) == JSON_TEXT && json_text_is(value, choices[i])) {
            *out = i;
            return 0;
        }
        strncat(reason, i ? ", " : " ", sizeof reason - strlen(reason) - 1);
        strncat(reason, choices[i], sizeof reason - strlen(reason) - 1);
    }
    return config_complain(section, member, reason);
}

static int config_list(const struct config_section *section, const char *member, size_t n, struct json_walk *walk)
{
    struct json_value list = config_member(section, member);
    if (json_kind(list) != JSON_ARRAY)
        return config_complain(section, member, config_has(section, member) ? "is not a list" : "is missing");
    if (json_count_items(list) != n)
        return error_set(section->err, ERROR_INPUT, "%s: %s.%s: has %zu entries, not %zu", section->path, section->name,
                         member, json_count_items(list), n);
    *walk = json_walk(list);
    return 0;
}

static int config_sizes(const struct config_section *section, const char *member, size_t max, size_t out[4])
{
    struct json_walk walk;
    if (config_list(section, member, 4, &walk))
        return -1;
    for (struct json_value item; json_next_item(&walk, &item); out++)
        if (config_check_size(section, member, item, 1, max, out))
            return -1;
    return 0;
}

static int config_colours(const struct config_section *section, const char *member, double min, double out[3])
{
    struct json_walk walk;
    if (config_list(section, member, 3, &walk))
        return -1;
    for (struct json_value item; json_next_item(&walk, &item); out++)
        if (config_check_real(section, member, item, min, 1e6, out))
            return -1;
    return 0;
}

static int config_read_text(struct config *config, const struct config_section *section)
{
    static const char *const known[] = {"architecture", "vocab_size", "hidden_size", "num_hidden_layers",
                                        "num_attention_heads", "intermediate_size", "max_position_embeddings",
                                        "type_vocab_size", "layer_norm_eps", "lowercase", "max_pieces", NULL};
    static const char *const architectures[] = {"bert", NULL};
    int architecture;
    if (config_check_members(section, known, true) || config_choice(section, "architecture", architectures, &architecture) ||
        config_size(section, "vocab_size", 3, CONFIG_MAX_VOCAB, &config->text.vocab_size) ||
        config_size(section, "hidden_size", 1, CONFIG_MAX_WIDTH, &config->text.hidden_size) ||
        config_size(section, "num_hidden_layers", 1, CONFIG_MAX_LAYERS, &config->text.num_hidden_layers) ||
        config_size(section, "num_attention_heads", 1, CONFIG_MAX_WIDTH, &config->text.num_attention_heads) ||
        config_size(section, "intermediate_size", 1, CONFIG_MAX_WIDTH, &config->text.intermediate_size) ||
        config_size(section, "max_position_embeddings", 3, CONFIG_MAX_POSITIONS,
                    &config->text.max_position_embeddings) ||
        config_size(section, "type_vocab_size", 1, CONFIG_MAX_WIDTH, &config->text.type_vocab_size) ||
        config_real(section, "layer_norm_eps", 1e-30, 1, &config->text.layer_norm_eps))
        return -1;
    if (config->text.hidden_size % config->text.num_attention_heads)
        return config_complain(section, "num_attention_heads", "does not divide hidden_size");

    struct json_value lowercase = config_member(section, "lowercase");
    if (json_kind(lowercase) != JSON_BOOLEAN)
        return config_complain(section, "lowercase",
                               config_has(section, "lowercase") ? "is neither true nor false" : "is missing");
    config->text.lowercase = json_true(lowercase);

    size_t positions = config->text.max_position_embeddings;
    config->text.max_pieces = positions < CONFIG_MAX_PIECES_DEFAULT ? positions : CONFIG_MAX_PIECES_DEFAULT;
    return config_size_or(section, "max_pieces", 3, positions, &config->text.max_pieces);
}

static int config_read_resnet(struct config *config, const struct config_section *section)
{
    static const char *const layer_types[] = {"basic", "bottleneck", NULL};
    static const char *const preprocesses[] = {"squash", "resize-crop", NULL};
    int layer_type, preprocess;
    if (config_choice(section, "layer_type", layer_types, &layer_type) ||
        config_size(section, "embedding_size", 1, CONFIG_MAX_WIDTH, &config->image.embedding_size) ||
        config_sizes(section, "hidden_sizes", CONFIG_MAX_WIDTH, config->image.hidden_sizes) ||
        config_sizes(section, "depths", CONFIG_MAX_LAYERS, config->image.depths) ||
        config_size(section, "image_size", 1, CONFIG_MAX_PIXELS, &config->image.image_size) ||
        config_choice(section, "preprocess", preprocesses, &preprocess) ||
        config_colours(section, "mean", -1e6, config->image.mean) ||
        config_colours(section, "std", 1e-6, config->image.std))
        return -1;
    config->image.layer_type = (enum resnet_layer_type)layer_type;
    config->image.preprocess = (enum picture_preprocess)preprocess;
    for (size_t i = 0; i < 4; i++)
        if (layer_type == RESNET_BOTTLENECK && config->image.hidden_sizes[i] % RESNET_BOTTLENECK_REDUCTION)
            return config_complain(section, "hidden_sizes", "of bottleneck layers are not all multiples of 4");
    config->image.channels = config->image.hidden_sizes[3];
    config->image.resize = config->image.image_size;
    if (preprocess == PREPROCESS_SQUASH)
        return config_size_or(section, "resize", 1, CONFIG_MAX_PIXELS, &config->image.resize);
    if (config_size(section, "resize", 1, CONFIG_MAX_PIXELS, &config->image.resize))
        return -1;
    if (config->image.resize < config->image.image_size)
        return config_complain(section, "resize", "is less than image_size, which is cut out of it");
    return 0;
}

/* The detector's backbone is one network whose sizes are fixed; what the config says besides must agree. */
static int config_read_centernet(struct config *config, const struct config_section *section)
{
    static const char *const preprocesses[] = {"squash", NULL};
    int preprocess = 0;
    config->image.image_size = CENTERNET_PIXELS;
    config->image.resize = CENTERNET_PIXELS;
    config->image.channels = MOBILENET_CHANNELS;
    config->image.preprocess = PREPROCESS_SQUASH;
    for (size_t i = 0; i < 3; i++)
        config->image.std[i] = 1;
    if (config_size_or(section, "image_size", CENTERNET_PIXELS, CENTERNET_PIXELS, &config->image.image_size))
        return -1;
    return config_has(section, "preprocess") ? config_choice(section, "preprocess", preprocesses, &preprocess) : 0;
}

static int config_read_image(struct config *config, const struct config_section *section)
{
    static const char *const known[] = {"architecture", "layer_type", "embedding_size", "hidden_sizes", "depths",
                                        "image_size", "preprocess", "resize", "mean", "std", NULL};
    static const char *const architectures[] = {"none", "resnet", "mobilenetv3-centernet", NULL};
    int architecture;
    if (config_check_members(section, known, true) || config_choice(section, "architecture", architectures, &architecture))
        return -1;
    config->image.architecture = (enum image_architecture)architecture;
    switch (config->image.architecture) {
    case IMAGE_NONE:
        return 0;
    case IMAGE_RESNET:
        return config_read_resnet(config, section);
    case IMAGE_MOBILENETV3_CENTERNET:
        return config_read_centernet(config, section);
    }
    return -1;
}

static int config_read_mmib(struct config *config, const struct config_section *section)
{
    static const char *const known[] = {"heads", "ffn_size", "max_objects", "dropout", "beta_text", "beta_image",
                                        "pooling", "discriminator", NULL};
    static const char *const poolings[] = {"mean", "first", NULL};
    static const char *const discriminators[] = {"mlp", "linear", NULL};
    int pooling, discriminator;
    config->mmib.max_objects = 4;
    config->mmib.dropout = config->mmib.beta_text = config->mmib.beta_image = 0.1;
    if (config_check_members(section, known, true) ||
        config_size(section, "heads", 1, CONFIG_MAX_WIDTH, &config->mmib.heads) ||
        config_size(section, "ffn_size", 0, CONFIG_MAX_WIDTH, &config->mmib.ffn_size) ||
        config_size_or(section, "max_objects", 0, CONFIG_MAX_OBJECTS, &config->mmib.max_objects) ||
        config_real_or(section, "dropout", 0, 0.999, &config->mmib.dropout) ||
        config_real_or(section, "beta_text", 0, 1e6, &config->mmib.beta_text) ||
        config_real_or(section, "beta_image", 0, 1e6, &config->mmib.beta_image) ||
        config_choice(section, "pooling", poolings, &pooling) ||
        config_choice(section, "discriminator", discriminators, &discriminator))
        return -1;
    config->mmib.pooling = (enum pooling)pooling;
    config->mmib.discriminator = (enum discriminator_kind)discriminator;
    if (config->text.hidden_size % config->mmib.heads)
        return config_complain(section, "heads", "does not divide text_encoder.hidden_size");
    return 0;
}

static int config_read_labels(const struct config_section *section, char ***labels, size_t *n_labels)
{
    struct json_value list = config_member(section, "labels");
    if (json_kind(list) != JSON_ARRAY)
        return config_complain(section, "labels", config_has(section, "labels") ? "is not a list" : "is missing");
    size_t n = json_count_items(list);
    if (n < 1 || n > CONFIG_MAX_LABELS)
        return config_complain(section, "labels", n ? "has too many entries" : "is empty");
    *labels = calloc(n, sizeof **labels);
    if (!*labels)
        return error_memory(section->err, section->path);
    struct json_walk walk = json_walk(list);
    for (struct json_value item; json_next_item(&walk, &item);) {
        if (json_kind(item) != JSON_TEXT || json_text_is(item, ""))
            return config_complain(section, "labels", "holds something that is no name");
        char *label = json_text(item);
        if (!label)
            return error_memory(section->err, section->path);
        (*labels)[(*n_labels)++] = label;
        for (size_t i = 0; i + 1 < *n_labels; i++)
            if (!strcmp((*labels)[i], label))
                return error_set(section->err, ERROR_INPUT, "%s: %s.labels: %s stands twice", section->path,
                                 section->name, label);
    }
    return 0;
}

static bool config_has_label(char *const *labels, size_t n, char prefix, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (prefix ? labels[i][0] == prefix && labels[i][1] == '-' && !strcmp(labels[i] + 2, name)
                   : !strcmp(labels[i], name))
            return true;
    return false;
}

/* One row a word needs O, B-T and I-T; an I-T whose B-T is missing could never be reached. */
static int config_check_bio(const struct config *config, const struct config_section *section)
{
    if (!config_has_label(config->ner.labels, config->ner.n_labels, 0, "O"))
        return config_complain(section, "labels", "lack O, which tagging by words needs");
    for (size_t i = 0; i < config->ner.n_labels; i++) {
        const char *label = config->ner.labels[i];
        bool begins = !strncmp(label, "B-", 2), continues = !strncmp(label, "I-", 2);
        if (strcmp(label, "O") && !((begins || continues) && label[2]))
            return error_set(section->err, ERROR_INPUT, "%s: %s.labels: %s is not O, B-TYPE or I-TYPE, which tagging by "
                             "words needs", section->path, section->name, label);
        if (continues && !config_has_label(config->ner.labels, config->ner.n_labels, 'B', label + 2))
            return error_set(section->err, ERROR_INPUT, "%s: %s.labels: %s has no B-%s beside it", section->path,
                             section->name, label, label + 2);
    }
    return 0;
}

static int config_read_ner(struct config *config, const struct config_section *section)
{
    static const char *const known[] = {"labels", "tagging", NULL};
    static const char *const taggings[] = {"word", "subword", NULL};
    int tagging;
    config->ner.present = true;
    if (config_check_members(section, known, true) ||
        config_read_labels(section, &config->ner.labels, &config->ner.n_labels) ||
        config_choice(section, "tagging", taggings, &tagging))
        return -1;
    config->ner.tagging = (enum tagging)tagging;
    return config->ner.tagging == TAGGING_WORD ? config_check_bio(config, section) : 0;
}

static int config_read_re(struct config *config, const struct config_section *section)
{
    static const char *const known[] = {"labels", "representation", NULL};
    static const char *const representations[] = {"span-mean", "marker", NULL};
    int representation;
    config->re.present = true;
    if (config_check_members(section, known, true) ||
        config_read_labels(section, &config->re.labels, &config->re.n_labels) ||
        config_choice(section, "representation", representations, &representation))
        return -1;
    config->re.representation = (enum relation_representation)representation;
    return 0;
}

static int config_read_tasks(struct config *config, const struct config_section *section)
{
    static const char *const known[] = {"ner", "re", NULL};
    struct config_section task;
    if (config_check_members(section, known, true))
        return -1;
    if (!config_has(section, "ner") && !config_has(section, "re"))
        return config_complain(section, "ner", "is missing, and so is re");
    if (config_has(section, "ner") &&
        (config_section(section, "ner", "tasks.ner", &task) || config_read_ner(config, &task)))
        return -1;
    if (config_has(section, "re") &&
        (config_section(section, "re", "tasks.re", &task) || config_read_re(config, &task)))
        return -1;
    return 0;
}

/* Beside the sections, a config may say what it likes (a name, a history). */
static int config_read_root(struct config *config, const struct config_section *root)
{
    static const char *const known[] = {"format", "version", "text_encoder", "image_encoder", "mmib", "tasks", NULL};
    struct config_section text, image, mmib, tasks;
    size_t version;
    if (config_check_members(root, known, false))
        return -1;
    if (json_kind(config_member(root, "format")) != JSON_TEXT || !json_text_is(config_member(root, "format"), "mmib"))
        return config_complain(root, "format", "is not \"mmib\"");
    if (!json_whole(config_member(root, "version"), &version) || version != 1)
        return config_complain(root, "version", "is not 1, the only one that is read");
    if (config_section(root, "text_encoder", "text_encoder", &text) || config_read_text(config, &text) ||
        config_section(root, "image_encoder", "image_encoder", &image) || config_read_image(config, &image) ||
        config_section(root, "mmib", "mmib", &mmib) || config_read_mmib(config, &mmib) ||
        config_section(root, "tasks", "tasks", &tasks) || config_read_tasks(config, &tasks))
        return -1;
    return 0;
}

struct config *config_parse(const char *text, size_t n, const char *path, struct error *err)
{
    struct json_document document = {.text = text, .n = n, .path = path, .first_line = 1};
    struct config_section root = {.path = path, .name = "", .err = err};
    struct config *config = calloc(1, sizeof *config);
    int result = -1;
    if (!config || text_copy(path, &config->path))
        error_memory(err, path);
    else if (json_document_check(&document, &root.json, err))
        result = -1;
    else if (json_kind(root.json) != JSON_OBJECT)
        error_set(err, ERROR_INPUT, "%s: not a JSON object", path);
    else
        result = config_read_root(config, &root);
    if (!result)
        return config;
    config_free(config);
    return NULL;
}

struct config *config_read(const char *path, struct error *err)
{
    uint8_t *text;
    size_t n;
    if (file_read(path, CONFIG_MAX_BYTES, &text, &n, err))
        return NULL;
    struct config *config = config_parse((const char *)text, n, path, err);
    free(text);
    return config;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    text_list_free(config->ner.labels, config->ner.n_labels);
    text_list_free(config->re.labels, config->re.n_labels);
    free(config->path);
    free(config);
}
