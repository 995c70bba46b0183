/* SPDX-License-Identifier: Apache-2.0 */
#include "model/foreign-weights.h"

#include "model/torch-zip.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOREIGN_WEIGHTS_MAX_NAME_BYTES = 256 };

/* One of the two. */
struct foreign_weights {
    struct safetensors *safetensors;
    struct torch_zip *zip;
};

/* The first bytes say what a file is; an unreadable one is left to the reader of safetensors to complain about.
 * O_NONBLOCK so that a named pipe in the place of a file cannot hold the program up. */
static void foreign_weights_sniff(const char *path, unsigned char magic[4])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || read(fd, magic, 4) != 4)
        memset(magic, 0, 4);
    if (fd >= 0)
        close(fd);
}

struct foreign_weights *foreign_weights_open(const char *path, struct error *err)
{
    unsigned char magic[4];
    struct foreign_weights *weights = calloc(1, sizeof *weights);
    if (!weights) {
        error_memory(err, path);
        return NULL;
    }
    foreign_weights_sniff(path, magic);
    if (!memcmp(magic, "PK\3\4", 4))
        weights->zip = torch_zip_open(path, err);
    else if (magic[0] == 0x80 && magic[1] == 0x02 && magic[2] == 0x8a)
        error_set(err, ERROR_INPUT, "%s: a PyTorch file of the kind before 1.6; save it again with a newer PyTorch", path);
    else
        weights->safetensors = safetensors_open(path, err);
    if (weights->zip || weights->safetensors)
        return weights;
    free(weights);
    return NULL;
}

void foreign_weights_close(struct foreign_weights *weights)
{
    if (!weights)
        return;
    torch_zip_close(weights->zip);
    safetensors_close(weights->safetensors);
    free(weights);
}

const char *foreign_weights_path(const struct foreign_weights *weights)
{
    return weights->zip ? torch_zip_path(weights->zip) : safetensors_path(weights->safetensors);
}

static const struct safetensors_entry *foreign_weights_look_up(const struct foreign_weights *weights, const char *name)
{
    return weights->zip ? torch_zip_find(weights->zip, name) : safetensors_find(weights->safetensors, name);
}

const struct safetensors_entry *foreign_weights_find(const struct foreign_weights *weights, const char *name)
{
    char wrapped[FOREIGN_WEIGHTS_MAX_NAME_BYTES];
    const struct safetensors_entry *entry = foreign_weights_look_up(weights, name);
    if (entry)
        return entry;
    snprintf(wrapped, sizeof wrapped, "module.%s", name);
    return foreign_weights_look_up(weights, wrapped);
}
