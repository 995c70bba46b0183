/* The tokeniser: what stays whole, and that text[start, end) is the token whatever the text.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/text.h"
#include "corpora/tokenise.h"
#include "tests/corpus-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The bytes at which code point i of the text starts. */
static const char *at_point(const char *text, size_t i)
{
    uint32_t c;
    while (i--)
        text += utf8_read(text, &c);
    return text;
}

/* Every token is its slice; tokens follow each other, and what stands between them shows nothing. */
static void assert_slices(const struct post *post)
{
    size_t last = 0;
    for (size_t i = 0; i < post->n_tokens; i++) {
        const size_t *offset = post->offsets[i];
        const char *start = at_point(post->text, offset[0]), *end = at_point(post->text, offset[1]);
        assert_true(offset[0] >= last && offset[1] > offset[0]);
        assert_int_equal(strlen(post->tokens[i]), end - start);
        assert_memory_equal(post->tokens[i], start, (size_t)(end - start));
        assert_true(end - start <= 1000);
        last = offset[1];
    }
    assert_true(last <= utf8_code_points(post->text));
}

/* The tokens of a text with "|" between; a "|" is a token like any other. */
static char *split(const char *text)
{
    struct post post = {0};
    struct error err;
    struct text joined = {0};
    if (tokenise_post(&post, text, &err))
        fail_msg("%s: %s", text, err.message);
    assert_string_equal(post.text, text);
    assert_slices(&post);
    for (size_t i = 0; i < post.n_tokens; i++) {
        text_add(&joined, i ? "|" : "");
        text_add(&joined, post.tokens[i]);
    }
    post_free(&post);
    return text_take(&joined);
}

static void assert_splits(const char *text, const char *tokens)
{
    char *got = split(text);
    if (strcmp(got, tokens))
        fail_msg("%s\n is split into %s\n instead of    %s", text, got, tokens);
    free(got);
}

static void test_offsets_count_code_points(void **state)
{
    struct post post = {0};
    struct error err;
    static const size_t offsets[6][2] = {{0, 1}, {2, 4}, {5, 10}, {11, 13}, {14, 18}, {19, 22}};
    (void)state;
    assert_int_equal(tokenise_post(&post, "😀 Go Messi at Camp Nou", &err), 0);
    assert_int_equal(post.n_tokens, 6);
    assert_memory_equal(post.offsets, offsets, sizeof offsets);
    post_free(&post);
}

static void test_people_write_so(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {" \t\n\xe2\x80\x8b ", ""},
        {"RT @FCB_1899: gol!!!", "RT|@FCB_1899|:|gol|!!!"},
        {"RT@ana hi @ü_1", "RT|@ana|hi|@ü_1"},
        {"#ÜberFC #日本_1 #2024 # x #", "#ÜberFC|#日本_1|#2024|#|x|#"},
        {"#a#b", "#a|#b"},
        {"don't I'm O'Brien Messi's Lío’s", "don't|I'm|O'Brien|Messi|'s|Lío|’s"},
        {"'hello' \"quote\"", "'|hello|'|\"|quote|\""},
        {"Camp-Nou well - known 3-1 --", "Camp-Nou|well|-|known|3-1|--"},
        {"U.S. at 10:30pm on 2016-05-01, 9/11", "U.S.|at|10:30pm|on|2016-05-01|,|9/11"},
        {"$5.99 50% €5 5€ 1,000.50 +1 -3 x-3", "$5.99|50%|€5|5€|1,000.50|+1|-3|x-3"},
        {"$AAPL $ 5 US$5", "$AAPL|$|5|US|$5"},
        {"AT&T R&B Elm&amp;Oak &#39; &amp ; a & b", "AT&T|R&B|Elm|&amp;|Oak|&#39;|&amp|;|a|&|b"},
        {"wow... ?!?! --> <- x…", "wow|...|?!?!|-->|<-|x|…"},
        {"and/or end.Start", "and|/|or|end|.|Start"},
        {"a@b.co imdb.com", "a@b.co|imdb.com"},
        {"\x1b[2J\x07", "\x1b|[|2J|\x07"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_splits(cases[i][0], cases[i][1]);
}

static void test_addresses(void **state)
{
    static const char *const cases[][2] = {
        {"https://t.co/abc123…", "https://t.co/abc123|…"},
        {"https://t.co/abcを見る", "https://t.co/abc|を|見|る"},
        {"see (www.foo.com/x), t.co/x.", "see|(|www.foo.com/x|)|,|t.co/x|."},
        {"http://x.org/a_(b) http://x.org/?q=1&r=2#f!", "http://x.org/a_(b)|http://x.org/?q=1&r=2#f|!"},
        {"\"http://a.b/c\" <http://a.b>", "\"|http://a.b/c|\"|<|http://a.b|>"},
        {"http:// https :// www.", "http|:|//|https|:|//|www|."},
        {"HTTP://A.B/C", "HTTP://A.B/C"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_splits(cases[i][0], cases[i][1]);
}

static void test_emoji(void **state)
{
    static const char *const cases[][2] = {
        {"😀😀go", "😀|😀|go"},
        {"a👨‍👩‍👧‍👦b", "a|👨‍👩‍👧‍👦|b"},
        {"👍🏽👍🏽", "👍🏽|👍🏽"},
        {"🇪🇸🇫🇷 🇪", "🇪🇸|🇫🇷|🇪"},
        {"1️⃣#️⃣ 1", "1️⃣|#️⃣|1"},
        {"🏴󠁧󠁢󠁥󠁮󠁧󠁿!", "🏴󠁧󠁢󠁥󠁮󠁧󠁿|!"},
        {"❤️❤ ©️", "❤️|❤|©️"},
        {" \xef\xb8\x8f x", "x"}, /* a variation selector of nothing */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_splits(cases[i][0], cases[i][1]);
}

static void test_emoticons(void **state)
{
    static const char *const whole[] = {":-)", ":)", ";P", "<3", ":'(", "XD", "^_^", "-_-", "o_O", ":D", "=)", ":-/",
                                        "(:",  "</3", ">:(", "8-)", ":3", "D:", "T_T", "\\o/", ":))))", ":*", ">_<"};
    static const char *const cases[][2] = {
        {"hi:) :D.", "hi|:)|:D|."}, {"note:(see x)", "note|:|(|see|x|)"}, {"(note): 10:30", "(|note|)|:|10:30"},
        {"(8) x=3", "(|8|)|x|=|3"}, {"XDrive :Daniel", "XDrive|:|Daniel"},  {"3<30", "3|<|30"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        char text[64], tokens[64];
        snprintf(text, sizeof text, "so %s !", whole[i]);
        snprintf(tokens, sizeof tokens, "so|%s|!", whole[i]);
        assert_splits(text, tokens);
        assert_splits(whole[i], whole[i]);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_splits(cases[i][0], cases[i][1]);
}

static void test_scripts(void **state)
{
    static const char *const cases[][2] = {
        {"我爱北京", "我|爱|北|京"},
        {"東京タワー。", "東|京|タワー|。"},
        {"서울 타워", "서울|타워"},
        {"שלום צה\"ל", "שלום|צה\"ל"},
        {"\xe2\x80\x8fمرحبا\xe2\x80\x8e!", "مرحبا|!"},
        {"e\xcc\x81t\xc3\xa9 na\xc3\xafve", "e\xcc\x81t\xc3\xa9|na\xc3\xafve"},
        {"สวัสดี", "สวัสดี"},
        {"می\xe2\x80\x8cخواهم", "می\xe2\x80\x8cخواهم"}, /* a non-joiner within a word */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_splits(cases[i][0], cases[i][1]);
}

static void test_limits(void **state)
{
    struct post post = {0};
    struct error err;
    (void)state;
    char *text = malloc(TOKENISE_MAX_BYTES + 2);
    assert_non_null(text);
    memset(text, 'a', TOKENISE_MAX_BYTES + 1);
    text[TOKENISE_MAX_BYTES + 1] = '\0';
    assert_int_equal(tokenise_post(&post, text, &err), -1);
    assert_string_equal(err.message, "the text of a post is longer than 1048576 bytes");
    post_free(&post);
    text[2500] = '\0';
    assert_int_equal(tokenise_post(&post, text, &err), 0);
    assert_int_equal(post.n_tokens, 3); /* a token has at most 1000 bytes */
    assert_slices(&post);
    post_free(&post);
    assert_int_equal(tokenise_post(&post, "a\xff", &err), -1);
    assert_string_equal(err.message, "invalid UTF-8");
    post_free(&post);
    free(text);
}

/* xorshift64*: the same on every machine. */
static uint64_t random_state = 0x9e3779b97f4a7c15u;

static size_t random_below(size_t n)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (size_t)((random_state * 0x2545f4914f6cdd1du >> 33) % n);
}

/* Whatever is thrown together: tokens are slices, and only blanks are between them. */
static void test_anything(void **state)
{
    static const char *const pieces[] = {
        "a",  "B", "7",  " ",  "\t", ".",  "'s", "'", "-",  "@",  "#",   "http://", "t.co/", "www.", "&amp;", "&",
        ":",  ")", "(",  "😀", "🏽", "‍", "️", "⃣",  "🇪",  "é",  "\xcc\x81", "我", "カ", "ש",  "$",  "%",
        "<3", ";", "\"", "…",  "!",  "?",  "_",  "\x01", "\xe2\x80\x8b", "\xf3\xa0\x81\xa7", "\\", "/", "=", "^", "o", "X",
    };
    (void)state;
    for (size_t round = 0; round < 20000; round++) {
        struct text text = {0};
        struct post post = {0};
        struct error err;
        text_add(&text, "");
        for (size_t n = random_below(14); n; n--)
            text_add(&text, pieces[random_below(sizeof pieces / sizeof *pieces)]);
        assert_int_equal(tokenise_post(&post, text.bytes, &err), 0);
        assert_slices(&post);
        assert_int_equal(tokenise_gives(&post, text.bytes), 1);
        size_t covered = 0, visible = 0;
        for (size_t i = 0; i < post.n_tokens; i++)
            for (const char *p = post.tokens[i]; *p; p++)
                covered += (*p & 0x80) == 0 && *p != ' ' && *p != '\t';
        for (const char *p = text.bytes; *p; p++)
            visible += (*p & 0x80) == 0 && *p != ' ' && *p != '\t';
        assert_int_equal(covered, visible);
        post_free(&post);
        text_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offsets_count_code_points),
        cmocka_unit_test(test_people_write_so),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_emoji),
        cmocka_unit_test(test_emoticons),
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_anything),
    };
    return cmocka_run_group_tests_name("tokenise", tests, NULL, NULL);
}
