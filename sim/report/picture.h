/*
 * A picture in the making: a gnuplot script from a template, and the CSV files that it reads, side by side.
 */
#ifndef INORDER_PICTURE_H
#define INORDER_PICTURE_H

#include <glib.h>
#include <stdbool.h>
#include "units.h"

typedef struct Picture Picture;

/* `name`: of its files, without an ending. */
Picture *picture_new(const char *name);
void picture_free(Picture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Picture, picture_free)

const char *picture_name(const Picture *picture);
/* What the template's @{key} stands for: a number, or a text in gnuplot's quotes. */
void picture_set_number(Picture *picture, const char *key, int64_t number);
void picture_set_seconds(Picture *picture, const char *key, duration_ns time);
void picture_set_text(Picture *picture, const char *key, const char *text);
/* The picture shows this mark: its lines in the template are kept. */
void picture_use(Picture *picture, const char *mark);

/* A file NAME-KEY.csv; "t,seq,payload" is its header. Belongs to the picture. */
typedef struct Series Series;
Series *picture_add_series(Picture *picture, const char *key, const char *header);
/* Fields of a row, in the order of the header. */
void series_add_number(Series *series, int64_t number);
void series_add_seconds(Series *series, time_ns time);
/* Thousandths: 0.55. */
void series_add_thousandths(Series *series, int64_t number);
void series_add_text(Series *series, const char *text);
void series_end_row(Series *series);
unsigned series_row_count(const Series *series);

/* Write the script, made of the templates "common" and `kind`, and the series into `directory`. */
bool picture_write(const Picture *picture, const char *kind, const char *directory, GError **error);

#endif
