# Drawn by inorder. To draw it again, edited or not:  gnuplot reasm-price-list.gp
# As another kind of file:  gnuplot -e "format='png'" reasm-price-list.gp   (svg, png, pdf, or txt for a terminal)

if (!exists('format')) format = 'svg'
here = ''
do for [i=1:strlen(ARG0)] { if (ARG0[i:i] eq '/') { here = ARG0[1:i] } }
name = here.'reasm-price-list'
W = 1500; H = 900

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
set label 101 'The third data segment is lost — what had to wait before it could be read in order?' at screen 0.5,1 offset 0,-1.6 center noenhanced font 'DejaVu Sans Bold,15' textcolor rgb INK
set label 102 'price-list: 37,096 bytes verified in 213.2 ms, 1 packet lost, 1 segment sent again, 10 duplicate ACKs, 13 out-of-order arrivals' at screen 0.5,1 offset 0,-3.2 center noenhanced font 'DejaVu Sans,11' textcolor rgb INK
set label 103 'scenario lost-data, seed 0, inorder 0.1.0  ·  as seen at browser  ·  0 bytes delivered out of order, every byte equal to what was written' at screen 0.5,1 offset 0,-4.6 center noenhanced font 'DejaVu Sans,11' textcolor rgb QUIET

# Reassembly.
first = 0.101505600; last = 0.213251200; few = 26 < 500
unit = 37214 < 2000000 ? 1e3 : 1e6; highest = 37214/unit
bars = name.'-bars.csv'; arrivals = name.'-arrivals.csv'; stairs = name.'-stairs.csv'; holes = name.'-holes.csv'

set lmargin at screen 0.065; set rmargin at screen 0.98
set tmargin at screen 1 - 100./H; set bmargin at screen 125./H
margin = last > first ? 0.02*(last - first) : 0.001
bottom = -0.03*highest; top = 1.05*highest
set xrange [first-margin:last+margin]; set yrange [bottom:top]
set xlabel 'simulated time (s)'; set label 1 (unit == 1e3 ? 'sequence number (kB)' : 'sequence number (MB)') at screen 0.012,0.53 center rotate by 90 textcolor rgb INK
set key at screen 0.5, screen 12./H center bottom horizontal maxrows 2 samplen 2.4 Left reverse font 'DejaVu Sans,11' noenhanced

bytes(c) = column(c)/unit
both(a, b) = 0.5*(column(a) + column(b))
kind(s) = strcol('kind') eq s ? column('t') : NaN
delivered(d) = column('delivered') == d ? both('t', 't_end') : NaN

plot \
     holes using (both('t','t_end')):(0.5*(bottom+top)):'t':'t_end':(bottom):(top) with boxxy fc rgb '#FBF1E0' fs solid 1 noborder notitle, \
     bars using (few ? delivered(1) : NaN):(both('first','end')/unit):'t':'t_end':(bytes('first')):(bytes('end')) with boxxy fc rgb HELD fs pattern 4 border lc rgb HELD_EDGE notitle, \
     bars using (few ? NaN : delivered(1)):(both('first','end')/unit):'t':'t_end':(bytes('first')):(bytes('end')) with boxxy fc rgb HELD fs pattern 4 noborder notitle, \
     arrivals using (kind('in-order')):(both('first','end')/unit) with points pt 7 ps (few ? 0.9 : 0.3) lc rgb DATA notitle, \
     stairs using 't':(bytes('read')) with steps lw 2 dt (8,6) lc rgb QUIET notitle, \
     stairs using 't':(bytes('readable')) with steps lw 3 lc rgb READ notitle, \
     arrivals using (kind('held-arrival')):(both('first','end')/unit) with points pt 6 ps (few ? 0.7 : 0.3) lw 1.4 lc rgb DATA notitle, \
     keyentry with lines lw 3 lc rgb READ title 'what the program could read', \
     keyentry with lines lw 2 dt (8,6) lc rgb QUIET title 'what it had read', \
     keyentry with points pt 7 ps 0.9 lc rgb DATA title 'arrived in order', \
     keyentry with points pt 6 ps 0.9 lw 1.4 lc rgb DATA title 'arrived out of order', \
     keyentry with boxes fc rgb HELD fs pattern 4 border lc rgb HELD_EDGE title 'held from arrival to delivery', \
     keyentry with boxes fc rgb '#FBF1E0' fs solid 1 border lc rgb GRID title 'a hole blocks what is behind it', \
     NaN notitle
