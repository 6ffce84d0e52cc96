#!/usr/bin/env python3
"""Write jitter_tables.c: the quantiles of the normal, Pareto and mixed distributions. See jitter.h.

All arithmetic is decimal, which gives the same digits on every machine.
"""
import decimal
import sys

SIZE = 4096
SCALE = 8192
MOST = 32767  # of 16 bits: four standard deviations, where tc-netem's tables end too
decimal.getcontext().prec = 30
D = decimal.Decimal
ROOT_2 = D(2).sqrt()
PI = D('3.14159265358979323846264338328')


def normal_density(x):
    return (-x * x / 2).exp() / (2 * PI).sqrt()


def normal_share(x):
    """The share below x >= 0: a half and the series of the density's integral."""
    term = total = x
    k = 0
    while abs(term) > D('1e-20'):
        k += 1
        term = term * x * x / (2 * k + 1)
        total += term
    return D(1) / 2 + total * normal_density(x)


def normal_quantile(share, x):
    """By Newton's method from x, a quantile of a little less."""
    while True:
        step = (normal_share(x) - share) / normal_density(x)
        x -= step
        if abs(step) < D('1e-9'):
            return x


def normal():
    upper = []
    x = D(0)
    for i in range(SIZE // 2, SIZE):
        x = normal_quantile((D(i) + D('0.5')) / SIZE, x)
        upper.append(x)
    return [-x for x in reversed(upper)] + upper


def pareto():
    """Of shape 3 and least value 1: the mean is 3/2 and the variance 3/4."""
    deviation = (D(3) / 4).sqrt()
    third = D(1) / 3
    return [((1 - (D(i) + D('0.5')) / SIZE) ** -third - D('1.5')) / deviation for i in range(SIZE)]


def paretonormal(normals, paretos):
    """A quarter normal and three quarters Pareto, as tc-netem's."""
    return [D('0.25') * n + D('0.75') * p for n, p in zip(normals, paretos)]


def integer(x):
    value = int((x * SCALE).to_integral_value(rounding=decimal.ROUND_HALF_UP))
    return max(-MOST, min(MOST, value))


def write_table(out, name, quantiles):
    values = [str(integer(x)) for x in quantiles]
    lines = [', '.join(values[i:i + 16]) for i in range(0, SIZE, 16)]
    out.write(f'static const int16_t {name}_quantiles[JITTER_TABLE_SIZE] = {{\n        ')
    out.write(',\n        '.join(lines))
    out.write(f'\n}};\nconst struct jitter_table jitter_{name} = {{\n        .name = "{name}",\n'
              f'        .size = JITTER_TABLE_SIZE,\n        .quantiles = {name}_quantiles,\n}};\n')


def main():
    normals, paretos = normal(), pareto()
    with open(sys.argv[1], 'w') as out:
        out.write('/* Made by jitter_tables.py. */\n#include "net/jitter.h"\n')
        write_table(out, 'normal', normals)
        write_table(out, 'pareto', paretos)
        write_table(out, 'paretonormal', paretonormal(normals, paretos))


main()
