/* The config.json beside an encoder's weights: its own, or that of a model directory of ours.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_ENCODER_CONFIG_H
#define MMIB_MODEL_ENCODER_CONFIG_H

#include "corpora/error.h"
#include "corpora/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct encoder_config {
    char *path;
    uint8_t *text;
    struct json_value json; /* an object; absent where the file is */
    bool ours;              /* a model directory's */
};

/* Reads the file name of the folder. Where it is not there: an error if needed, else json is absent. encoder_config_free
 * in both cases. */
int encoder_config_read(const char *folder, const char *name, bool needed, struct encoder_config *out,
                        struct error *err);
void encoder_config_free(struct encoder_config *config);

/* The text of the section of a config of ours, for the caller to free; NULL with a message. */
char *encoder_config_section(const struct encoder_config *config, const char *section, struct error *err);

/* Where the member is there, it is this text. Else a message says that it is not supported. */
int encoder_config_expect(const struct encoder_config *config, const char *member, const char *text,
                          struct error *err);

#endif
