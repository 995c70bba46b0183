/* SPDX-License-Identifier: Apache-2.0 */
#include "model/import-centernet.h"

#include "corpora/text.h"
#include "model/import-tfjs.h"
#include "model/mobilenet.h"
#include "model/model-folder.h"

#include <stdlib.h>
#include <string.h>

static const char import_centernet_prefix[] = "image.";
static const char import_centernet_config[] =
    "{\n \"format\": \"mmib\",\n \"version\": 1,\n"
    " \"image_encoder\": {\"architecture\": \"mobilenetv3-centernet\"}\n}\n";

struct import_centernet_walk {
    const char *path;
    const struct new_weights *weights;
    struct error *err;
};

static int import_centernet_check(const char *name, size_t rank, const size_t *shape, void *context)
{
    const struct import_centernet_walk *walk = context;
    for (size_t i = 0; i < walk->weights->n; i++) {
        const struct safetensors_entry *entry = &walk->weights->entries[i];
        if (strcmp(entry->name, name))
            continue;
        if (entry->rank == rank && (!rank || !memcmp(entry->shape, shape, rank * sizeof *shape)))
            return 0;
        return error_set(walk->err, ERROR_INPUT, "%s: %s: has another shape than in CenterNet on MobileNetV3",
                         walk->path, name + sizeof import_centernet_prefix - 1);
    }
    return error_set(walk->err, ERROR_INPUT, "%s: %s: this tensor is missing: not CenterNet on MobileNetV3", walk->path,
                     name + sizeof import_centernet_prefix - 1);
}

/* All float tensors under their new names, and a check that the encoder's are among them. */
static int import_centernet_collect(const char *path, const struct import_tfjs *graph, struct new_weights *weights,
                                    struct error *err)
{
    struct import_centernet_walk walk = {path, weights, err};
    struct text name = {0};
    int result = 0;
    for (size_t i = 0; i < graph->n && !result; i++) {
        if (graph->tensors[i].type != TENSOR_F32)
            continue;
        text_clear(&name);
        text_add(&name, import_centernet_prefix);
        text_add(&name, graph->tensors[i].name);
        result = name.failed ? error_memory(err, path) : new_weights_take(weights, name.bytes, &graph->tensors[i], err);
    }
    text_free(&name);
    return result ? result : mobilenet_each(import_centernet_check, &walk);
}

int import_centernet(const char *path, const char *folder, bool replace, struct error *err)
{
    struct import_tfjs graph;
    struct model_folder names = {0};
    int result = -1;
    if (import_tfjs_read(path, &graph, err))
        return -1;
    if (model_folder_name(folder, &names, err)) {
        import_tfjs_free(&graph);
        return -1;
    }
    struct new_weights weights = {.path = names.weights, .type = TENSOR_F32};
    if (!import_centernet_collect(path, &graph, &weights, err))
        result = model_folder_write(&names,
                                    (struct model_folder_text){import_centernet_config,
                                                               sizeof import_centernet_config - 1},
                                    (struct model_folder_text){NULL, 0}, &weights, replace, err);
    new_weights_free(&weights);
    model_folder_free(&names);
    import_tfjs_free(&graph);
    return result;
}
