/* The workbench: an opened corpus on the screen, until the annotator leaves.
 *
 * Holds the loop (key -> command -> edit -> redraw -> present) and ties session, worker, finder, gallery and views
 * together. The input thread does nothing that takes long: no model, no picture, no file but the journal, and the
 * corpus when it is told to save.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_WORKBENCH_H
#define MMIB_UI_WORKBENCH_H

#include "corpora/adjudication.h"
#include "corpora/error.h"
#include "corpora/store.h"
#include "ui/inspection.h"
#include "ui/markdown.h"
#include "ui/terminal.h"

#include <stdbool.h>
#include <stddef.h>

struct workbench_options {
    const char *model; /* directory; NULL = none */
    size_t threads;    /* of the model; 0 = one a core */
    bool no_image;     /* hide every picture from the model (not from people) */
    enum terminal_graphics graphics;
    int threshold;      /* hundredths: proposals below it are not offered; + and - change it */
    size_t blind;       /* one post in so many hides its proposals until it is done; 0 = none */
    bool no_background; /* the model looks only at posts on the screen and next to it */
    struct adjudication *adjudication; /* whose disagreements are to be settled; NULL = none */
    struct inspection *inspection; /* of the store's labels; NULL = none */
    const struct markdown *guidelines; /* borrowed; NULL = none */
    const struct corpus *gold; /* borrowed: true labels, for the counts; NULL = none */
    const char *greeting; /* stands in the message line until the first key; NULL = none */
};

/* Runs until the annotator quits, the terminal goes, or the program is told to end. The store is the caller's. 0, or -1
 * when the terminal cannot be used (nothing is changed then). */
int workbench_run(struct store *store, const struct workbench_options *options, struct error *err);

#endif
