/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/inspection.h"

#include "corpora/clock.h"
#include "corpora/score.h"

#include <stdlib.h>
#include <string.h>

void inspection_free(struct inspection *inspection)
{
    if (!inspection)
        return;
    free(inspection);
}

static const char *const order_names[] = {"file", "points", "confidence", "match", "saved by the filter", "lost by the filter"};
static const char *const right_names[] = {"both right", "A only", "B only", "neither"};

const char *inspection_order_name(enum inspection_order order)
{
    return order_names[order];
}

const char *inspection_right_name(enum inspection_right right)
{
    return right_names[right];
}

const struct inspection_item *inspection_item(const struct inspection *inspection)
{
    return inspection->at < inspection->n_items || inspection->gone ? &inspection->last : NULL;
}

bool inspection_go(struct inspection *inspection, size_t at)
{
    if (at >= inspection->n_items)
        return false;
    inspection->at = at;
    inspection->gone = false;
    inspection->last = inspection->items[at];
    return true;
}

bool inspection_step(struct inspection *inspection, long by)
{
    /* Where the one at hand is gone, the next one stands in its place. */
    if (by > 0)
        return inspection_go(inspection, inspection->at + (size_t)by - inspection->gone);
    return (size_t)-by <= inspection->at && inspection_go(inspection, inspection->at - (size_t)-by);
}

bool inspection_has_work(const struct inspection *inspection)
{
    return inspection->counted < inspection->n_posts;
}

int inspection_work(struct inspection *inspection, double budget_ms, struct error *err)
{
    (void)budget_ms;
    (void)err;
    inspection->counted = inspection->n_posts;
    return 0;
}

int inspection_post_changed(struct inspection *inspection, size_t post, struct error *err)
{
    (void)post;
    (void)err;
    inspection->version++;
    return 0;
}

int inspection_posts_changed(struct inspection *inspection, struct error *err)
{
    (void)err;
    inspection->version++;
    return 0;
}
