/* SPDX-License-Identifier: Apache-2.0 */
#include "model/parameters.h"

#include "model/layout.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PARAMETERS_ALIGNMENT = 16 };

float *parameters_map(size_t count)
{
    void *block = mmap(NULL, count * sizeof(float), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED)
        return NULL;
    madvise(block, count * sizeof(float), MADV_HUGEPAGE);
    return block;
}

void parameters_unmap(float *block, size_t count)
{
    if (block)
        munmap(block, count * sizeof *block);
}

static int parameters_count_one(const char *name, size_t rank, const size_t *shape, void *context)
{
    (void)rank, (void)shape;
    *(size_t *)context += strncmp(name, "image.", 6) != 0;
    return 0;
}

static int parameters_add(const char *name, size_t rank, const size_t *shape, void *context)
{
    struct parameters *p = context;
    if (!strncmp(name, "image.", 6))
        return 0;
    struct parameter *one = &p->each[p->n];
    *one = (struct parameter){.name = strdup(name), .rank = rank, .offset = p->count, .count = 1};
    if (!one->name)
        return -1;
    p->n++;
    for (size_t i = 0; i < rank; i++) {
        one->shape[i] = shape[i];
        if (__builtin_mul_overflow(one->count, shape[i], &one->count))
            return -1;
    }
    size_t end;
    if (__builtin_add_overflow(one->offset, one->count, &end) || end > SIZE_MAX / sizeof(float) - PARAMETERS_ALIGNMENT)
        return -1;
    p->count = (end + PARAMETERS_ALIGNMENT - 1) / PARAMETERS_ALIGNMENT * PARAMETERS_ALIGNMENT;
    return 0;
}

struct parameters *parameters_new(struct safetensors *file, const struct config *config, struct error *err)
{
    struct parameters *p = calloc(1, sizeof *p);
    size_t n = 0;
    layout_each(config, parameters_count_one, &n);
    if (!p || !(p->each = calloc(n, sizeof *p->each)) || layout_each(config, parameters_add, p) ||
        !(p->values = parameters_map(p->count)) || !(p->gradients = parameters_map(p->count))) {
        error_memory(err, safetensors_path(file));
        parameters_free(p);
        return NULL;
    }
    for (size_t i = 0; i < p->n; i++) {
        const struct parameter *one = &p->each[i];
        if (safetensors_place(file, one->name, one->rank, one->shape, p->values + one->offset, err)) {
            parameters_free(p);
            return NULL;
        }
    }
    return p;
}

void parameters_free(struct parameters *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++)
        free(p->each[i].name);
    free(p->each);
    parameters_unmap(p->values, p->count);
    parameters_unmap(p->gradients, p->count);
    free(p);
}

void parameters_freeze_text(struct parameters *p, size_t n)
{
    static const char layer[] = "text.encoder.layer.";
    for (size_t i = 0; i < p->n; i++) {
        const char *name = p->each[i].name;
        if (!strncmp(name, layer, sizeof layer - 1))
            p->each[i].frozen = strtoul(name + sizeof layer - 1, NULL, 10) < n;
        else
            p->each[i].frozen = n && !strncmp(name, "text.embeddings.", 16);
    }
}

float *parameters_gradient(struct parameters *p, const float *weight)
{
    if (!weight)
        return NULL;
    size_t offset = (size_t)(weight - p->values), low = 0, high = p->n;
    while (high - low > 1) { /* the last tensor that does not begin behind the weight */
        size_t middle = low + (high - low) / 2;
        if (p->each[middle].offset <= offset)
            low = middle;
        else
            high = middle;
    }
    if (p->each[low].frozen)
        return NULL;
    p->each[low].touched = true;
    return p->gradients + offset;
}
