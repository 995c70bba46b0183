/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/background.h"

#include "model/uncertainty.h"

enum { BACKGROUND_SLICE = 100000 /* entries of scores that one call looks at */ };

/* A round that named nothing has nothing to do until a score, or the need, is another. */
static bool background_begin(struct background *background, const struct scores *scores, size_t n, size_t near,
                             bool idle)
{
    enum scores_need need = scores_need(scores);
    bool over = !background->left, changed = need != background->need || scores_version(scores) != background->version;
    if (need == SCORES_NEED_NOTHING)
        return false;
    if (over && idle && (changed || background->named)) { /* idle: nothing that was named is still to be done */
        *background = (struct background){.at = near, .left = n, .need = need, .version = scores_version(scores)};
    } else if (need != background->need) { /* more is needed than this round asks for */
        background->need = need;
        background->left = n;
    }
    return background->left > 0;
}

bool background_work(struct background *background, struct worker *worker, struct scores *scores, struct store *store,
                     size_t near)
{
    struct worker_wish wishes[WORKER_ASIDE_MAX];
    size_t n_posts = store_count(store), room = worker_aside_room(worker), n = 0, looked = 0;
    if (background->off || !room || !background_begin(background, scores, n_posts, near, room == WORKER_ASIDE_MAX))
        return false;
    for (; background->left && n < room && looked < BACKGROUND_SLICE; looked++) {
        size_t post = background->at;
        background->at = post + 1 < n_posts ? post + 1 : 0;
        background->left--;
        if (scores_lack(scores, post))
            wishes[n++] = (struct worker_wish){post, store_post_peek(store, post), 0};
    }
    struct error err;
    background->named += n;
    if (worker_aside(worker, wishes, n, background->need == SCORES_NEED_DRAWS ? UNCERTAINTY_DRAWS : 0, &err))
        return false;
    return background->left && n < room;
}
