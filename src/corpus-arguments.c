/* SPDX-License-Identifier: Apache-2.0 */
#include "src/corpus-arguments.h"

#include <stdio.h>

int corpus_arguments_format(const char *option, const char *name, enum corpus_format *out, struct error *err)
{
    *out = name ? corpus_format_from_name(name) : FORMAT_UNKNOWN;
    if (name && *out == FORMAT_UNKNOWN)
        return error_set(err, ERROR_USAGE, "--%s: %s is not one of %s", option, name, CORPUS_FORMATS);
    return 0;
}

int corpus_arguments_options(const struct corpus_arguments *arguments, struct corpus_options *out, struct error *err)
{
    *out = (struct corpus_options){
        .maps = arguments->maps.values, .n_maps = arguments->maps.n, .images = arguments->images, .boxes = arguments->boxes};
    return corpus_arguments_format("from", arguments->from, &out->from, err);
}

int report_error(const struct error *err)
{
    fprintf(stderr, "mmib: %s\n", err->message);
    return err->kind;
}
