# Drawn by inorder. To draw it again, edited or not:  gnuplot cc-price-list.gp
# As another kind of file:  gnuplot -e "format='png'" cc-price-list.gp   (svg, png, pdf, or txt for a terminal)

if (!exists('format')) format = 'svg'
here = ''
do for [i=1:strlen(ARG0)] { if (ARG0[i:i] eq '/') { here = ARG0[1:i] } }
name = here.'cc-price-list'
W = 1500; H = 950

set encoding utf8
if (format eq 'svg') { set terminal svg size W,H font 'DejaVu Sans,12' rounded background 'white' }
if (format eq 'png') { set terminal pngcairo size W,H font 'DejaVu Sans,12' rounded background 'white' }
if (format eq 'pdf') { set terminal pdfcairo size W/72. in,H/72. in font 'DejaVu Sans,12' rounded background 'white' }
if (format eq 'txt') { set terminal dumb size 150,ceil(H/18.) noenhanced mono }
set output name.'.'.format

# One meaning, one mark, in every picture; none is told by its colour alone.
DATA = '#0072B2'; AGAIN = '#C44E00'; ACK = '#595959'; DUPLICATE = '#8F3F8A'; SACK = '#998F3F8A'
LOSS = '#B00020'; WINDOW = '#00785A'; SSTHRESH = '#595959'; FLIGHT = '#56B4E9'
HELD = '#E69F00'; HELD_EDGE = '#8A5A00'; READ = '#111111'; CONTROL = '#111111'
INK = '#222222'; QUIET = '#767676'; GRID = '#E8E8E8'

set datafile separator comma
set datafile columnheaders
set datafile missing ''
set border 3 lc rgb QUIET lw 1
set tics nomirror out scale 0.6 textcolor rgb INK
set grid back lc rgb GRID lw 1 dt solid
set key textcolor rgb INK
set label 101 'The third data segment is lost — why did the sender slow down, and when?' at screen 0.5,1 offset 0,-1.6 center noenhanced font 'DejaVu Sans Bold,15' textcolor rgb INK
set label 102 'price-list: 37,096 bytes verified in 213.2 ms, 1 packet lost, 1 segment sent again, 10 duplicate ACKs, 13 out-of-order arrivals' at screen 0.5,1 offset 0,-3.2 center noenhanced font 'DejaVu Sans,11' textcolor rgb INK
set label 103 'scenario lost-data, seed 0, inorder 0.1.0  ·  www sending to browser' at screen 0.5,1 offset 0,-4.6 center noenhanced font 'DejaVu Sans,11' textcolor rgb QUIET

# Congestion control.
first = 0.075137600; last = 0.238292800
unit = 17376 < 2000000 ? 1e3 : 1e6; highest = 17376/unit
windows = name.'-windows.csv'; threshold = name.'-ssthresh.csv'; strips = name.'-strips.csv'; marks = name.'-marks.csv'

margin = last > first ? 0.02*(last - first) : 0.001
top = 1.18*highest
set multiplot
set lmargin at screen 0.145; set rmargin at screen 0.98
set tmargin at screen 1 - 100./H; set bmargin at screen 385./H
set xrange [first-margin:last+margin]; set yrange [0:top]
set format x ''
set label 1 (unit == 1e3 ? 'window (kB)' : 'window (MB)') at screen 0.014,(0.5*(1 - 100./H + 385./H)) center rotate by 90 textcolor rgb INK
set key at screen 0.5, screen 12./H center bottom horizontal maxrows 2 samplen 2.4 Left reverse font 'DejaVu Sans,11' noenhanced

bytes(c) = column(c)/unit
mark(s) = strcol('mark') eq s ? column('t') : NaN

plot \
     windows using 't':(bytes('in_flight')) with fillsteps fc rgb FLIGHT fs solid 0.35 noborder notitle, \
     windows using 't':(bytes('in_flight')) with steps lw 1 lc rgb FLIGHT notitle, \
     windows using 't':(bytes('cwnd')) with steps lw 2.4 lc rgb DATA notitle, \
     threshold using 't':(bytes('ssthresh')) with steps lw 2 dt (14,7,3,7) lc rgb SSTHRESH notitle, \
     marks using (mark('fast-retransmit')):(0):(0):(1.12*highest) with vectors nohead lw 1 dt (6,6) lc rgb AGAIN notitle, \
     marks using (mark('fast-retransmit')):(1.12*highest) with points pt 11 ps 1.3 lc rgb AGAIN notitle, \
     marks using (mark('recovered')):(1.06*highest) with points pt 8 ps 1.2 lw 1.6 lc rgb WINDOW notitle, \
     keyentry with lines lw 2.4 lc rgb DATA title 'congestion window', \
     keyentry with lines lw 2 dt (14,7,3,7) lc rgb SSTHRESH title 'ssthresh', \
     keyentry with boxes fc rgb FLIGHT fs solid 0.35 border lc rgb FLIGHT title 'bytes in flight', \
     keyentry with points pt 11 ps 1.3 lc rgb AGAIN title 'fast retransmit', \
     keyentry with points pt 8 ps 1.2 lw 1.6 lc rgb WINDOW title 'recovery ended', \
     NaN notitle

# The strip: in which state, and what kept it from sending more.
unset label; unset key
set tmargin at screen 355./H; set bmargin at screen 125./H
set yrange [0.4:9.6]; set format x '%g'; set xlabel 'simulated time (s)'
set ytics ('slow start' 1, 'avoidance' 2, 'recovery' 3, 'loss' 4, 'application' 5, 'congestion window' 6, \
           'receive window' 7, 'Nagle' 8, 'nothing' 9) font 'DejaVu Sans,11'
set label 1 'state' at screen 0.014,(125./H + 230./H*2.1/9.2) center rotate by 90 textcolor rgb INK
set label 2 'limited by' at screen 0.014,(125./H + 230./H*6.6/9.2) center rotate by 90 textcolor rgb INK
set arrow 1 from graph 0, first 4.5 to graph 1, first 4.5 nohead lw 1 lc rgb QUIET
lane(a, b) = column('lane') >= a && column('lane') <= b ? 0.5*(column('t') + column('t_end')) : NaN

plot \
     strips using (lane(1,4)):'lane':'t':'t_end':(column('lane')-0.32):(column('lane')+0.32) with boxxy fc rgb DATA fs solid 0.75 noborder notitle, \
     strips using (lane(5,9)):'lane':'t':'t_end':(column('lane')-0.32):(column('lane')+0.32) with boxxy fc rgb ACK fs solid 0.75 noborder notitle, \
     NaN notitle
unset multiplot
