/* SPDX-License-Identifier: Apache-2.0 */
#include "src/lent-pictures.h"

#include "model/random.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int lent_pictures_shuffle(const struct corpus *corpus, uint64_t seed, struct lent_pictures *out, struct error *err)
{
    struct random random;
    size_t n = 0;
    *out = (struct lent_pictures){.corpus = corpus, .lenders = calloc(corpus->n_posts + 1, sizeof *out->lenders)};
    size_t *with = calloc(corpus->n_posts + 1, sizeof *with), *turn = calloc(corpus->n_posts + 1, sizeof *turn);
    if (!out->lenders || !with || !turn) {
        free(with);
        free(turn);
        lent_pictures_free(out);
        return error_memory(err, corpus->path);
    }
    for (size_t i = 0; i < corpus->n_posts; i++) {
        out->lenders[i] = i;
        if (corpus->posts[i].image)
            with[n++] = i;
    }
    for (size_t i = 0; i < n; i++)
        turn[i] = i;
    random_seed(&random, seed, "lent pictures");
    for (size_t i = n; i-- > 1;) { /* Sattolo (1986): one cycle, so that nobody keeps what is theirs */
        size_t j = random_bits(&random) % i, kept = turn[i];
        turn[i] = turn[j];
        turn[j] = kept;
    }
    for (size_t i = 0; i < n; i++)
        out->lenders[with[i]] = with[turn[i]];
    free(with);
    free(turn);
    return 0;
}

static int lent_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool lent_is_picture(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && name[0] != '.' && (!strcasecmp(dot, ".jpg") || !strcasecmp(dot, ".jpeg") || !strcasecmp(dot, ".png"));
}

int lent_pictures_from(const struct corpus *corpus, const char *folder, uint64_t seed, struct lent_pictures *out,
                       struct error *err)
{
    size_t room = 0;
    *out = (struct lent_pictures){.corpus = corpus, .seed = seed};
    DIR *directory = opendir(folder);
    if (!directory)
        return error_set(err, ERROR_IO, "%s: %s", folder, strerror(errno));
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (!lent_is_picture(entry->d_name))
            continue;
        if (out->n_files == room) {
            room = room ? 2 * room : 64;
            char **grown = realloc(out->files, room * sizeof *grown);
            if (!grown)
                goto memory;
            out->files = grown;
        }
        if (!(out->files[out->n_files] = strdup(entry->d_name)))
            goto memory;
        out->n_files++;
    }
    closedir(directory);
    if (!out->n_files)
        return error_set(err, ERROR_INPUT, "%s: no JPEG or PNG picture in this folder", folder);
    qsort(out->files, out->n_files, sizeof *out->files, lent_compare);
    return 0;
memory:
    closedir(directory);
    lent_pictures_free(out);
    return error_memory(err, folder);
}

void lent_pictures_free(struct lent_pictures *lent)
{
    for (size_t i = 0; i < lent->n_files; i++)
        free(lent->files[i]);
    free(lent->files);
    free(lent->lenders);
    *lent = (struct lent_pictures){0};
}

struct post lent_pictures_post(const struct lent_pictures *lent, const struct corpus *corpus, size_t index)
{
    struct post post = corpus->posts[index];
    if (!lent)
        return post;
    if (lent->lenders) {
        const struct post *lender = &corpus->posts[lent->lenders[index]];
        post.image = lender->image;
        post.objects = lender->objects;
        post.n_objects = lender->n_objects;
    } else {
        struct random random;
        random_seed(&random, lent->seed + index, "lent pictures");
        post.image = lent->files[random_bits(&random) % lent->n_files];
        post.objects = NULL;
        post.n_objects = 0;
    }
    return post;
}
