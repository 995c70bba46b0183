/* SPDX-License-Identifier: Apache-2.0 */
#include "src/report.h"

#include "corpora/text.h"
#include "src/html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const level_titles[CASES_LEVELS] = {"Entities", "Relations"};
static const char *const level_names[CASES_LEVELS] = {"entities", "relations"};

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static void put_number(FILE *out, double value)
{
    if (isfinite(value))
        fprintf(out, "<td>%.2f</td>", value);
    else
        fputs("<td>\u2013</td>", out);
}

/* A value of a link's fragment: what is no letter or digit of ASCII is escaped. */
static void put_part(FILE *out, const char *name, const char *value)
{
    fprintf(out, "%s=", name);
    for (; *value; value++) {
        bool plain = (*value >= 'a' && *value <= 'z') || (*value >= 'A' && *value <= 'Z') ||
                     (*value >= '0' && *value <= '9');
        fprintf(out, plain ? "%c" : "%%%02X", (unsigned char)*value);
    }
}

static bool has_level(const struct report *report, enum cases_level level)
{
    const struct score_counts *counts = &report->cases->totals[level].counts;
    return report->levels[level] && counts->tp + counts->fp + counts->fn > 0;
}

/* ---- Tables ---- */

static void put_score(FILE *out, const char *name, const struct score_counts *counts)
{
    struct score_ratios ratios = score_ratios(counts);
    fputs("<tr><th scope=\"row\">", out);
    html_text(out, name);
    fputs("</th>", out);
    put_number(out, 100 * ratios.p);
    put_number(out, 100 * ratios.r);
    put_number(out, 100 * ratios.f1);
    fprintf(out, "<td>%zu</td><td>%zu</td><td>%zu</td></tr>\n", counts->tp, counts->fp, counts->fn);
}

static void put_scores(const struct report *report, enum cases_level level, const size_t *order, size_t n, FILE *out)
{
    const struct cases_total *total = &report->cases->totals[level];
    fprintf(out, "<table class=\"numbers\"><caption>Scores%s</caption><thead><tr><td></td><th>P</th><th>R</th>"
                 "<th>F1</th><th>TP</th><th>FP</th><th>FN</th></tr></thead><tbody>\n",
            level == CASES_ENTITIES ? " (seqeval default)" : " (MNRE, without None)");
    for (size_t i = 0; i < n; i++)
        put_score(out, total->names[order[i]]->name, &total->names[order[i]]->counts);
    put_score(out, "all", &total->counts);
    fputs("</tbody></table>\n", out);
}

static void put_classes(const struct report *report, enum cases_level level, FILE *out)
{
    const struct cases_total *total = &report->cases->totals[level];
    bool relation = level == CASES_RELATIONS;
    struct score_ratios ratios = score_ratios(&total->counts);
    fputs("<table class=\"numbers\"><caption>Classes: what each costs</caption><thead><tr><td></td><th>cases</th>"
          "<th>FP</th><th>FN</th><th>points</th></tr></thead><tbody>\n",
          out);
    for (int class = 0; class < (int)taxonomy_n_classes(relation); class++) {
        const struct cases_tally *tally = &total->classes[class];
        const char *name = taxonomy_class_name(relation, class);
        fputs("<tr><th scope=\"row\"><a href=\"#", out);
        put_part(out, "level", level_names[level]);
        fputs("&amp;", out);
        put_part(out, "class", name);
        fputs("\">", out);
        html_text(out, name);
        fprintf(out, "</a></th><td>%zu</td><td>%zu</td><td>%zu</td>", tally->n, tally->counts.fp, tally->counts.fn);
        put_number(out, cases_points(total, &tally->counts));
        fputs("</tr>\n", out);
        for (int kind = TAXONOMY_KIND_NONE + 1; kind < TAXONOMY_KINDS; kind++)
            if (total->kinds[class][kind])
                fprintf(out,
                        "<tr class=\"kind\"><th scope=\"row\">%s</th><td>%zu</td><td></td><td></td><td></td></tr>\n",
                        taxonomy_kind_name(kind), total->kinds[class][kind]);
    }
    fputs("<tr><th scope=\"row\">gap to 100</th><td></td>", out);
    fprintf(out, "<td>%zu</td><td>%zu</td>", total->counts.fp, total->counts.fn);
    put_number(out, 100 - 100 * ratios.f1);
    fputs("</tr></tbody></table>\n", out);
}

static int put_matrix(const struct report *report, enum cases_level level, const size_t *order, size_t n, FILE *out,
                      struct error *err)
{
    const struct cases_total *total = &report->cases->totals[level];
    size_t *matrix, side = total->n_names + 1;
    if (cases_matrix(report->cases, level, &matrix, err))
        return -1;
    fputs("<table class=\"numbers matrix\"><caption>Gold (rows) and predicted (columns)</caption><thead><tr><td></td>",
          out);
    for (size_t k = 0; k <= n; k++) {
        fputs("<th>", out);
        html_text(out, k < n ? total->names[order[k]]->name : "none");
        fputs("</th>", out);
    }
    fputs("</tr></thead><tbody>\n", out);
    for (size_t i = 0; i <= n; i++) {
        const char *gold = i < n ? total->names[order[i]]->name : "none";
        fputs("<tr><th scope=\"row\">", out);
        html_text(out, gold);
        fputs("</th>", out);
        for (size_t k = 0; k <= n; k++) {
            size_t count = matrix[(i < n ? order[i] : total->n_names) * side + (k < n ? order[k] : total->n_names)];
            fputs(i == k && i < n ? "<td class=\"right\">" : count ? "<td>" : "<td class=\"zero\">", out);
            if (count && i != k) {
                fprintf(out, "<a href=\"#cell=%c%zu-%zu\" title=\"gold ", "er"[level],
                        i < n ? order[i] : total->n_names, k < n ? order[k] : total->n_names);
                html_text(out, gold);
                fputs(", predicted ", out);
                html_text(out, k < n ? total->names[order[k]]->name : "none");
                fprintf(out, "\">%zu</a></td>", count);
            } else {
                fprintf(out, "%zu</td>", count);
            }
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
    free(matrix);
    return 0;
}

static void put_ledger(const struct report *report, enum cases_level level, FILE *out)
{
    const struct ledger *ledger = &report->ledger->ledger;
    const struct ledger_part *part = &ledger->parts[level];
    if (!part->all.n || !(ledger_is_judged(ledger) || ledger->n_changed))
        return;
    fputs("<table class=\"numbers\"><caption>Whose the gap is, in points (published gold: ", out);
    html_text(out, report->ledger->published ? last_part(report->ledger->published) : "gold as it is");
    fputs(")</caption><tbody>\n", out);
    for (int entry = 0; entry < LEDGER_ENTRIES; entry++) {
        static const char *const titles[LEDGER_ENTRIES] = {"model, people say", "corpus, people say",
                                                           "corpus, corrected since", "open"};
        fprintf(out, "<tr><th scope=\"row\">%s</th>", titles[entry]);
        put_number(out, ledger_points(part, part->all.halves[entry]));
        fputs("</tr>\n", out);
    }
    fputs("<tr><th scope=\"row\">gap to 100</th>", out);
    put_number(out, ledger_gap(part));
    fputs("</tr></tbody></table>\n", out);
}

static int put_level(const struct report *report, enum cases_level level, FILE *out, struct error *err)
{
    size_t *order, n;
    if (cases_sorted_names(report->cases, level, &order, &n, err))
        return -1;
    fprintf(out, "<h2>%s</h2>\n<div class=\"tables\">\n", level_titles[level]);
    put_scores(report, level, order, n, out);
    put_classes(report, level, out);
    int result = put_matrix(report, level, order, n, out, err);
    put_ledger(report, level, out);
    fputs("</div>\n", out);
    free(order);
    return result;
}

/* ---- The form ---- */

static void put_option(FILE *out, const char *value)
{
    fputs("<option", out);
    html_attribute(out, "value", value);
    fputc('>', out);
    html_text(out, value);
    fputs("</option>", out);
}

static void put_select(FILE *out, const char *name, const char *title)
{
    fprintf(out, "<label>%s <select name=\"%s\"><option value=\"\">any</option>", title, name);
}

static int put_types(const struct report *report, FILE *out, struct error *err)
{
    put_select(out, "type", "type");
    for (int level = 0; level < CASES_LEVELS; level++) {
        size_t *order, n;
        if (cases_sorted_names(report->cases, (enum cases_level)level, &order, &n, err))
            return -1;
        for (size_t i = 0; i < n; i++)
            put_option(out, report->cases->totals[level].names[order[i]]->name);
        free(order);
    }
    fputs("</select></label>\n", out);
    return 0;
}

static int put_form(const struct report *report, FILE *out, struct error *err)
{
    static const char *const verdicts[] = {"none", "model", "gold", "both", "unsure", "differ"};
    static const char *const pictures[] = {"helped", "hurt", "ignored", "any picture would do"};
    static const char *const filters[] = {"saved", "lost", "kept right", "kept wrong"};
    fputs("<form id=\"filters\" hidden>\n", out);
    put_select(out, "level", "labels");
    for (int level = 0; level < CASES_LEVELS; level++)
        put_option(out, level_names[level]);
    fputs("</select></label>\n", out);
    put_select(out, "class", "class");
    for (int class = 0; class < TAXONOMY_CLASSES; class++)
        put_option(out, taxonomy_class_name(false, class));
    for (int class = 0; class < TAXONOMY_RELATION_CLASSES; class++) /* those that entities do not have */
        if (taxonomy_class_from_name(false, taxonomy_class_name(true, class)) < 0)
            put_option(out, taxonomy_class_name(true, class));
    fputs("</select></label>\n", out);
    if (put_types(report, out, err))
        return -1;
    put_select(out, "verdict", "people say");
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        put_option(out, verdicts[i]);
    fputs("</select></label>\n", out);
    if (report->model) {
        put_select(out, "picture", "picture");
        for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
            put_option(out, pictures[i]);
        fputs("</select></label>\n", out);
        put_select(out, "filter", "bottleneck");
        for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
            put_option(out, filters[i]);
        fputs("</select></label>\n<label><input type=\"checkbox\" name=\"heat\" checked> heat</label>\n", out);
    }
    fputs("<label>words <input type=\"search\" name=\"text\" size=\"16\"></label>\n"
          "<button type=\"reset\">all</button>\n"
          "<output id=\"shown\" aria-live=\"polite\"></output>\n"
          "<small>n next post, p previous, / words",
          out);
    fputs(report->model ? ", h heat</small></form>\n" : "</small></form>\n", out);
    return 0;
}

/* ---- The page ---- */

static void put_lines(FILE *out, const char *const *lines)
{
    for (; *lines; lines++)
        fprintf(out, "%s\n", *lines);
}

/* The digest of the lines as they are written between the tags. */
static int lines_digest(const char *const *lines, char out[HTML_DIGEST_SIZE], struct error *err)
{
    struct text text = {0};
    for (; *lines; lines++)
        text_add_format(&text, "%s\n", *lines);
    if (text.failed)
        return error_memory(err, "report");
    html_digest(text.bytes, out);
    text_free(&text);
    return 0;
}

static void put_what(const struct report *report, FILE *out)
{
    fprintf(out, "<p>%zu of %zu posts compared. Here: <b>%zu cases in %zu posts</b>", report->cases->n_known,
            report->cases->n_posts, report->n_cases, report->n_posts);
    if (report->n_posts < report->n_fit_posts)
        fprintf(out, ", the first of %zu cases in %zu posts that fit", report->n_fit, report->n_fit_posts);
    fputs(". Points: part of the gap between F1 and 100; they add up to it.</p>\n", out);
    if (report->model)
        fputs("<p><small>Heat: contribution scores (row sums of X Z\u1d40), amber above zero, blue below, scaled by the "
              "post's largest magnitude; pictures and words have a scale each. Picture: the same decision with its own "
              "picture, without one, and with other posts' pictures. Bottleneck: the same decision with the mean, with "
              "samples, and with the bottleneck bypassed, for which nothing behind it was trained.</small></p>\n",
              out);
}

int report_put_head(const struct report *report, FILE *out, struct error *err)
{
    char style[HTML_DIGEST_SIZE], script[HTML_DIGEST_SIZE];
    if (lines_digest(report_style, style, err) || lines_digest(report_script, script, err))
        return -1;
    fprintf(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
                 "style-src %s; script-src %s; base-uri 'none'; form-action 'none'\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta name=\"generator\" content=\"mmib\">\n<title>",
            style, script);
    html_text(out, last_part(report->gold->path));
    fputs(" / ", out);
    html_text(out, report->system);
    fputs("</title>\n<style>", out);
    put_lines(out, report_style);
    fputs("</style>\n</head>\n<body>\n<header>\n<h1>Cases of <bdi>", out);
    html_text(out, last_part(report->gold->path));
    fputs("</bdi> against <bdi>", out);
    html_text(out, report->system);
    fputs("</bdi></h1>\n", out);
    put_what(report, out);
    fputs("</header>\n<section id=\"summary\">\n", out);
    for (int level = 0; level < CASES_LEVELS; level++)
        if (has_level(report, (enum cases_level)level) && put_level(report, (enum cases_level)level, out, err))
            return -1;
    fputs("</section>\n", out);
    if (put_form(report, out, err))
        return -1;
    fputs("<main id=\"cases\">\n", out);
    return 0;
}

void report_put_foot(FILE *out)
{
    fputs("</main>\n<script>", out);
    put_lines(out, report_script);
    fputs("</script>\n</body>\n</html>\n", out);
}
