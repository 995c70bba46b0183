/* config.json: what is read, and the message for every member that is wrong.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/config.h"
#include "tests/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char whole[] =
    "{\"format\": \"mmib\", \"version\": 1, \"made\": {\"by\": \"hand\"},\n"
    " \"text_encoder\": {\"architecture\": \"bert\", \"vocab_size\": 95, \"hidden_size\": 48, \"num_hidden_layers\": 2,\n"
    "  \"num_attention_heads\": 4, \"intermediate_size\": 96, \"max_position_embeddings\": 64, \"type_vocab_size\": 2,\n"
    "  \"layer_norm_eps\": 1e-12, \"lowercase\": true, \"max_pieces\": 40},\n"
    " \"image_encoder\": {\"architecture\": \"resnet\", \"layer_type\": \"bottleneck\", \"embedding_size\": 8,\n"
    "  \"hidden_sizes\": [16, 24, 32, 64], \"depths\": [1, 1, 2, 1], \"image_size\": 64,\n"
    "  \"preprocess\": \"resize-crop\", \"resize\": 73, \"mean\": [0.485, 0.456, 0.406], \"std\": [0.229, 0.224, 0.225]},\n"
    " \"mmib\": {\"heads\": 6, \"ffn_size\": 0, \"max_objects\": 3, \"dropout\": 0.0, \"beta_text\": 0.2,\n"
    "  \"beta_image\": 0.3, \"pooling\": \"first\", \"discriminator\": \"linear\"},\n"
    " \"tasks\": {\"ner\": {\"labels\": [\"O\", \"B-PER\", \"I-PER\"], \"tagging\": \"word\"},\n"
    "  \"re\": {\"labels\": [\"None\", \"/per/org/member_of\"], \"representation\": \"marker\"}}}\n";

static struct error err;

static struct config *read_text(const char *text)
{
    return config_read(scratch_write("config.json", text, strlen(text)), &err);
}

/* The whole config with one piece of its text replaced; for the caller to free. */
static char *changed(const char *from, const char *to)
{
    const char *at = strstr(whole, from);
    if (!at)
        fail_msg("the config does not hold %s", from);
    char *text = malloc(sizeof whole + strlen(to));
    sprintf(text, "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from));
    return text;
}

static void reads_every_member(void **state)
{
    (void)state;
    struct config *c = read_text(whole);
    assert_non_null(c);
    assert_int_equal(c->text.vocab_size, 95);
    assert_int_equal(c->text.hidden_size, 48);
    assert_int_equal(c->text.num_hidden_layers, 2);
    assert_int_equal(c->text.num_attention_heads, 4);
    assert_int_equal(c->text.intermediate_size, 96);
    assert_int_equal(c->text.max_position_embeddings, 64);
    assert_int_equal(c->text.type_vocab_size, 2);
    assert_int_equal(c->text.max_pieces, 40);
    assert_true(c->text.layer_norm_eps == 1e-12);
    assert_true(c->text.lowercase);
    assert_int_equal(c->image.architecture, IMAGE_RESNET);
    assert_int_equal(c->image.layer_type, RESNET_BOTTLENECK);
    assert_int_equal(c->image.embedding_size, 8);
    assert_int_equal(c->image.hidden_sizes[1], 24);
    assert_int_equal(c->image.depths[2], 2);
    assert_int_equal(c->image.image_size, 64);
    assert_int_equal(c->image.preprocess, PREPROCESS_RESIZE_CROP);
    assert_int_equal(c->image.resize, 73);
    assert_true(c->image.mean[2] == 0.406 && c->image.std[0] == 0.229);
    assert_int_equal(c->image.channels, 64);
    assert_int_equal(c->mmib.heads, 6);
    assert_int_equal(c->mmib.ffn_size, 0);
    assert_int_equal(c->mmib.max_objects, 3);
    assert_true(c->mmib.dropout == 0 && c->mmib.beta_text == 0.2 && c->mmib.beta_image == 0.3);
    assert_int_equal(c->mmib.pooling, POOLING_FIRST);
    assert_int_equal(c->mmib.discriminator, DISCRIMINATOR_LINEAR);
    assert_true(c->ner.present && c->re.present);
    assert_int_equal(c->ner.n_labels, 3);
    assert_string_equal(c->ner.labels[2], "I-PER");
    assert_int_equal(c->ner.tagging, TAGGING_WORD);
    assert_string_equal(c->re.labels[1], "/per/org/member_of");
    assert_int_equal(c->re.representation, RELATION_MARKER);
    config_free(c);
}

static void max_pieces_has_a_default(void **state)
{
    (void)state;
    char *text = changed(", \"max_pieces\": 40", "");
    struct config *c = read_text(text);
    assert_int_equal(c->text.max_pieces, 64); /* no more than there are positions */
    config_free(c);
    free(text);
    char *large = changed("\"max_position_embeddings\": 64", "\"max_position_embeddings\": 512");
    text = strstr(large, ", \"max_pieces\": 40");
    memmove(text, text + 18, strlen(text + 18) + 1);
    c = read_text(large);
    assert_int_equal(c->text.max_pieces, 128);
    config_free(c);
    free(large);
}

static void reads_other_image_encoders(void **state)
{
    (void)state;
    const char *begin = strstr(whole, "{\"architecture\": \"resnet\""), *end = strstr(whole, ",\n \"mmib\"");
    static const char *const encoders[] = {"{\"architecture\": \"none\"}", "{\"architecture\": \"mobilenetv3-centernet\"}"};
    for (size_t i = 0; i < 2; i++) {
        char text[sizeof whole];
        snprintf(text, sizeof text, "%.*s%s%s", (int)(begin - whole), whole, encoders[i], end);
        struct config *c = read_text(text);
        assert_non_null(c);
        assert_int_equal(c->image.architecture, i ? IMAGE_MOBILENETV3_CENTERNET : IMAGE_NONE);
        assert_int_equal(c->image.channels, i ? 480 : 0);
        assert_int_equal(c->image.image_size, i ? 224 : 0);
        config_free(c);
    }
}

static void one_task_is_enough(void **state)
{
    (void)state;
    char *text = changed("\"ner\": {\"labels\": [\"O\", \"B-PER\", \"I-PER\"], \"tagging\": \"word\"},", "");
    struct config *c = read_text(text);
    assert_non_null(c);
    assert_true(!c->ner.present && c->re.present);
    config_free(c);
    free(text);
}

static void labels_are_free_under_subword_tagging(void **state)
{
    (void)state;
    char *text = changed("[\"O\", \"B-PER\", \"I-PER\"], \"tagging\": \"word\"",
                         "[\"[PAD]\", \"X\", \"I-A\"], \"tagging\": \"subword\"");
    struct config *c = read_text(text);
    assert_non_null(c);
    assert_int_equal(c->ner.tagging, TAGGING_SUBWORD);
    config_free(c);
    free(text);
}

static void names_what_is_wrong(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"\"mmib\", \"version\"", "\"other\", \"version\"", "config.json: format: "},
        {"\"version\": 1", "\"version\": 2", "config.json: version: "},
        {"\"text_encoder\"", "\"text\"", "config.json: text_encoder: is missing"},
        {"\"mmib\": {", "\"mmib\": 3, \"x\": {", "config.json: mmib: is not an object"},
        {"\"mmib\": {", "\"mmib\": {}, \"mmib\": {", "config.json: mmib: stands twice"},
        {"\"bert\"", "\"gpt\"", "text_encoder.architecture: is none of bert"},
        {"\"vocab_size\": 95, ", "", "text_encoder.vocab_size: is missing"},
        {"95", "-95", "text_encoder.vocab_size: is not a whole number"},
        {"95", "\"95\"", "text_encoder.vocab_size: is not a whole number"},
        {"95", "95.5", "text_encoder.vocab_size: is not a whole number"},
        {"95", "1e300", "text_encoder.vocab_size: is not a whole number"},
        {"95", "1e15", "text_encoder.vocab_size: 1000000000000000 is not between"},
        {"95", "0", "text_encoder.vocab_size: 0 is not between"},
        {"\"num_attention_heads\": 4", "\"num_attention_heads\": 5", "text_encoder.num_attention_heads: does not divide"},
        {"\"heads\": 6", "\"heads\": 7", "mmib.heads: does not divide text_encoder.hidden_size"},
        {"\"max_pieces\": 40", "\"max_pieces\": 65", "text_encoder.max_pieces: 65 is not between 3 and 64"},
        {"\"max_pieces\": 40", "\"max_pieces\": 2", "text_encoder.max_pieces: 2 is not between"},
        {"\"max_pieces\"", "\"max_piece\"", "text_encoder.max_piece: is not a member"},
        {"\"lowercase\": true", "\"lowercase\": 1", "text_encoder.lowercase: is neither"},
        {"\"lowercase\": true, ", "", "text_encoder.lowercase: is missing"},
        {"1e-12", "-1", "text_encoder.layer_norm_eps: -1 is not between"},
        {"\"hidden_size\": 48", "\"hidden_size\": 48, \"hidden_size\": 48", "text_encoder.hidden_size: stands twice"},
        {"\"resnet\"", "\"vit\"", "image_encoder.architecture: is none of none, resnet, mobilenetv3-centernet"},
        {"\"bottleneck\"", "\"wide\"", "image_encoder.layer_type: is none of basic, bottleneck"},
        {"[16, 24, 32, 64]", "[16, 24, 32]", "image_encoder.hidden_sizes: has 3 entries, not 4"},
        {"[16, 24, 32, 64]", "[16, 24, 32, 63]", "image_encoder.hidden_sizes: of bottleneck layers"},
        {"[16, 24, 32, 64]", "64", "image_encoder.hidden_sizes: is not a list"},
        {"[1, 1, 2, 1]", "[1, 0, 2, 1]", "image_encoder.depths: 0 is not between"},
        {"\"image_size\": 64", "\"image_size\": 74", "image_encoder.resize: is less than image_size"},
        {"\"image_size\": 64", "\"image_size\": 0", "image_encoder.image_size: 0 is not between"},
        {", \"resize\": 73", "", "image_encoder.resize: is missing"},
        {"0.229", "0", "image_encoder.std: 0 is not between"},
        {"0.485", "null", "image_encoder.mean: is not a number"},
        {"0.485", "1e999", "image_encoder.mean: inf is not between"},
        {"\"dropout\": 0.0", "\"dropout\": 1.0", "mmib.dropout: 1 is not between"},
        {"\"beta_text\": 0.2", "\"beta_text\": -0.2", "mmib.beta_text: -0.2 is not between"},
        {"\"first\"", "\"last\"", "mmib.pooling: is none of mean, first"},
        {"\"linear\"", "null", "mmib.discriminator: is none of mlp, linear"},
        {"\"max_objects\": 3", "\"max_objects\": 1000000", "mmib.max_objects: 1000000 is not between"},
        {"\"tasks\": {\"ner\"", "\"tasks\": {\"pos\"", "tasks.pos: is not a member"},
        {"[\"O\", \"B-PER\", \"I-PER\"]", "[]", "tasks.ner.labels: is empty"},
        {"[\"O\", \"B-PER\", \"I-PER\"]", "[\"O\", \"B-PER\", \"B-PER\"]", "tasks.ner.labels: B-PER stands twice"},
        {"[\"O\", \"B-PER\", \"I-PER\"]", "[\"O\", 1]", "tasks.ner.labels: holds something that is no name"},
        {"[\"O\", \"B-PER\", \"I-PER\"]", "[\"B-PER\", \"I-PER\"]", "tasks.ner.labels: lack O"},
        {"[\"O\", \"B-PER\", \"I-PER\"]", "[\"O\", \"PER\"]", "tasks.ner.labels: PER is not O, B-TYPE or I-TYPE"},
        {"[\"O\", \"B-PER\", \"I-PER\"]", "[\"O\", \"B-\"]", "tasks.ner.labels: B- is not O"},
        {"[\"O\", \"B-PER\", \"I-PER\"]", "[\"O\", \"B-PER\", \"I-ORG\"]", "tasks.ner.labels: I-ORG has no B-ORG"},
        {"\"word\"", "\"sentence\"", "tasks.ner.tagging: is none of word, subword"},
        {"\"marker\"", "\"middle\"", "tasks.re.representation: is none of span-mean, marker"},
        {"\"version\": 1,", "\"version\": 1", "config.json:1: "},
        {"}}}\n", "}}", "config.json:"},
        {"}}}\n", "}}}\n}", "config.json:"},
        {"hand", "\xc3", "invalid UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = changed(cases[i][0], cases[i][1]);
        struct config *c = read_text(text);
        free(text);
        if (c)
            fail_msg("accepted: %s", cases[i][1]);
        assert_int_equal(err.kind, ERROR_INPUT);
        if (!strstr(err.message, cases[i][2]))
            fail_msg("\"%s\" does not say \"%s\"", err.message, cases[i][2]);
    }
}

static void refuses_what_is_no_config(void **state)
{
    (void)state;
    assert_null(config_read(scratch_path("absent.json"), &err));
    assert_int_equal(err.kind, ERROR_IO);
    assert_null(config_read(scratch_path("."), &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_null(read_text(""));
    assert_null(read_text("[]"));
    assert_non_null(strstr(err.message, "not a JSON object"));
    size_t n = 1024 * 1024 + 1;
    char *blanks = malloc(n);
    memset(blanks, ' ', n);
    assert_null(config_read(scratch_write("large.json", blanks, n), &err));
    assert_non_null(strstr(err.message, "limit"));
    free(blanks);
}

/* Every cut of a config is refused with its place. */
static void refuses_cut_configs(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < sizeof whole - 2; cut += 7) {
        assert_null(config_read(scratch_write("config.json", whole, cut), &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_non_null(strstr(err.message, "config.json:"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_member),
        cmocka_unit_test(max_pieces_has_a_default),
        cmocka_unit_test(reads_other_image_encoders),
        cmocka_unit_test(one_task_is_enough),
        cmocka_unit_test(labels_are_free_under_subword_tagging),
        cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(refuses_what_is_no_config),
        cmocka_unit_test(refuses_cut_configs),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
