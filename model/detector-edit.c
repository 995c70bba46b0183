/* SPDX-License-Identifier: Apache-2.0 */
#include "model/detector-edit.h"

#include "corpora/overlap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool detector_is_linked(const struct post *post, const char *id)
{
    for (size_t i = 0; i < post->n_entities; i++)
        for (size_t k = 0; k < post->entities[i].n_grounding; k++)
            if (!strcmp(post->entities[i].grounding[k], id))
                return true;
    return false;
}

static bool detector_is_untouched(const struct post *post, const struct object *object)
{
    return object->origin.has_source && object->origin.source == SOURCE_DETECTOR &&
           object->origin.decision == DECISION_NONE && !detector_is_linked(post, object->id);
}

static bool detector_is_same(const struct object *object, const struct detection *found)
{
    return object->label && !strcmp(object->label, coco_class_name(found->class)) && object->origin.has_score &&
           object->origin.score == found->score && !memcmp(object->box, found->box, sizeof found->box);
}

/* What becomes of an object. */
enum detector_fate { DETECTOR_STAYS, DETECTOR_FOUND_AGAIN, DETECTOR_GOES };

int detector_edit(struct edit_batch *batch, const struct post *post, const struct detection *found, size_t n,
                  const char *model, struct detector_change *change, struct error *err)
{
    enum detector_fate *fates = calloc(post->n_objects + 1, sizeof *fates);
    int result = fates ? 0 : error_memory(err, "detector");
    *change = (struct detector_change){0};
    for (size_t k = 0; !result && k < post->n_objects; k++)
        fates[k] = detector_is_untouched(post, &post->objects[k]) ? DETECTOR_GOES : DETECTOR_STAYS;
    bool old[DETECTOR_MAX_BOXES] = {false}; /* found, and there as it is */
    for (size_t i = 0; !result && i < n; i++)
        for (size_t k = 0; !old[i] && k < post->n_objects; k++)
            if (fates[k] == DETECTOR_GOES && detector_is_same(&post->objects[k], &found[i])) {
                fates[k] = DETECTOR_FOUND_AGAIN;
                old[i] = true;
                change->kept++;
            }
    for (size_t k = 0; !result && k < post->n_objects; k++)
        if (fates[k] == DETECTOR_GOES) {
            result = edit_delete_object(batch, post, post->objects[k].id, err);
            change->removed++;
        }
    for (size_t i = 0; !result && i < n; i++) {
        const struct provenance origin = {.source = SOURCE_DETECTOR,
                                          .has_source = true,
                                          .has_score = true,
                                          .score = found[i].score,
                                          .model = (char *)(uintptr_t)model};
        bool doubled = false;
        for (size_t k = 0; k < post->n_objects; k++)
            doubled |= fates[k] == DETECTOR_STAYS &&
                       overlap_iou(post->objects[k].box, found[i].box) >= DETECTOR_SAME_IOU;
        change->doubled += doubled && !old[i];
        if (old[i] || doubled)
            continue;
        result = edit_add_object(batch, post, found[i].box, coco_class_name(found[i].class), &origin, NULL, err);
        change->added++;
    }
    free(fates);
    return result;
}
