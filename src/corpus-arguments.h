/* The options that every command which reads a corpus takes: --from, --map, --images, --boxes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_CORPUS_ARGUMENTS_H
#define MMIB_SRC_CORPUS_ARGUMENTS_H

#include "corpora/corpus.h"
#include "src/options.h"

struct corpus_arguments {
    const char *from;
    struct option_texts maps;
    const char *images;
    const char *boxes;
};

/* Rows of an option table that fill arguments, a struct corpus_arguments that lives as long as the table. */
#define CORPUS_OPTION_FROM(arguments)                                                                                  \
    {"from", 0, OPTION_TEXT, "FORMAT", "format of the corpus: " CORPUS_FORMATS, &(arguments).from}
#define CORPUS_OPTION_MAP(arguments)                                                                                   \
    {"map", 0, OPTION_REPEAT, "OLD=NEW", "rename an entity type on reading; repeatable", &(arguments).maps}
#define CORPUS_OPTION_IMAGES(arguments)                                                                                \
    {"images", 0, OPTION_TEXT, "DIR", "folder of the pictures, instead of the corpus's own", &(arguments).images}

#define CORPUS_OPTION_BOXES(arguments)                                                                                 \
    {"boxes", 0, OPTION_TEXT, "DIR", "folder of GMNER's box files, where it is not beside the corpus", &(arguments).boxes}

/* The options for corpus_read or a store. They borrow from arguments. 0, or -1 with ERROR_USAGE. */
int corpus_arguments_options(const struct corpus_arguments *arguments, struct corpus_options *out, struct error *err);

/* The format of --from or --to: *out is FORMAT_UNKNOWN when name is NULL. option is the option's name. */
int corpus_arguments_format(const char *option, const char *name, enum corpus_format *out, struct error *err);

/* Prints "mmib: MESSAGE" on stderr and returns the exit code. */
int report_error(const struct error *err);

#endif
