# What the pictures of docs/fidelity.md share: the marks and colours of plots/common.gp.
set encoding utf8
set datafile separator comma
set datafile columnheaders
DATA = '#0072B2'; AGAIN = '#C44E00'; ACK = '#595959'; LOSS = '#B00020'; FLIGHT = '#56B4E9'; THEIRS = '#8F3F8A'
INK = '#222222'; QUIET = '#767676'; GRID = '#E8E8E8'
set border 3 lc rgb QUIET lw 1
set tics nomirror out scale 0.6 textcolor rgb INK
set grid back lc rgb GRID lw 1 dt solid
set key textcolor rgb INK noenhanced
