/* SPDX-License-Identifier: Apache-2.0 */
#include "model/encoder-config.h"

#include "corpora/files.h"
#include "model/file.h"

#include <stdlib.h>
#include <unistd.h>

enum { ENCODER_CONFIG_MAX_BYTES = 1024 * 1024 };

int encoder_config_read(const char *folder, const char *name, bool needed, struct encoder_config *out,
                        struct error *err)
{
    *out = (struct encoder_config){.path = file_join(folder, name)};
    if (!out->path)
        return error_memory(err, folder);
    if (!needed && access(out->path, F_OK))
        return 0;
    struct json_document document = {.path = out->path, .first_line = 1};
    if (file_read(out->path, ENCODER_CONFIG_MAX_BYTES, &out->text, &document.n, err))
        return -1;
    document.text = (const char *)out->text;
    if (json_document_check(&document, &out->json, err))
        return -1;
    if (json_kind(out->json) != JSON_OBJECT)
        return error_set(err, ERROR_INPUT, "%s: not a JSON object", out->path);
    struct json_value format = json_member(out->json, "format");
    out->ours = json_kind(format) == JSON_TEXT && json_text_is(format, "mmib");
    return 0;
}

void encoder_config_free(struct encoder_config *config)
{
    free(config->path);
    free(config->text);
    *config = (struct encoder_config){0};
}

char *encoder_config_section(const struct encoder_config *config, const char *section, struct error *err)
{
    struct json_value value = json_member(config->json, section);
    struct text out = {0};
    if (json_kind(value) != JSON_OBJECT) {
        error_set(err, ERROR_INPUT, "%s: %s: is missing", config->path, section);
        return NULL;
    }
    json_put_value(&out, value);
    char *text = text_take(&out);
    if (!text)
        error_memory(err, config->path);
    return text;
}

int encoder_config_expect(const struct encoder_config *config, const char *member, const char *text,
                          struct error *err)
{
    struct json_value value = json_member(config->json, member);
    if (json_kind(value) == JSON_ABSENT || (json_kind(value) == JSON_TEXT && json_text_is(value, text)))
        return 0;
    return error_set(err, ERROR_INPUT, "%s: %s: is not \"%s\", the only one that is supported", config->path, member,
                     text);
}
