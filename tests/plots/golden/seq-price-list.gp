# Drawn by inorder. To draw it again, edited or not:  gnuplot seq-price-list.gp
# As another kind of file:  gnuplot -e "format='png'" seq-price-list.gp   (svg, png, pdf, or txt for a terminal)

if (!exists('format')) format = 'svg'
here = ''
do for [i=1:strlen(ARG0)] { if (ARG0[i:i] eq '/') { here = ARG0[1:i] } }
name = here.'seq-price-list'
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
set label 101 'The third data segment is lost — what limited the sending, and where were holes?' at screen 0.5,1 offset 0,-1.6 center noenhanced font 'DejaVu Sans Bold,15' textcolor rgb INK
set label 102 'price-list: 37,096 bytes verified in 213.2 ms, 1 packet lost, 1 segment sent again, 10 duplicate ACKs, 13 out-of-order arrivals' at screen 0.5,1 offset 0,-3.2 center noenhanced font 'DejaVu Sans,11' textcolor rgb INK
set label 103 'scenario lost-data, seed 0, inorder 0.1.0  ·  www to browser, as seen at www' at screen 0.5,1 offset 0,-4.6 center noenhanced font 'DejaVu Sans,11' textcolor rgb QUIET

# Time and sequence.
first = 0.025048000; last = 0.238292800; few = 28 < 500
unit = 37214 < 2000000 ? 1e3 : 1e6; highest = 37214/unit
segments = name.'-segments.csv'; acks = name.'-acks.csv'; duplicates = name.'-duplicates.csv'; blocks = name.'-sack.csv'

set lmargin at screen 0.065; set rmargin at screen 0.98
set tmargin at screen 1 - 100./H; set bmargin at screen 125./H
margin = last > first ? 0.02*(last - first) : 0.001
set xrange [first-margin:last+margin]; set yrange [-0.03*highest:1.08*highest]
set xlabel 'simulated time (s)'; set label 1 (unit == 1e3 ? 'sequence number (kB)' : 'sequence number (MB)') at screen 0.012,0.53 center rotate by 90 textcolor rgb INK
set key at screen 0.5, screen 12./H center bottom horizontal maxrows 2 samplen 2.4 Left reverse font 'DejaVu Sans,11' noenhanced

kind(s) = strcol('kind') eq s ? column('t') : NaN
seq(x) = column('seq')/unit
middle(x) = (column('seq') + 0.5*column('length'))/unit

plot \
     blocks using 't':(seq(0)):(0):(column('length')/unit) with vectors nohead lw (few ? 3.4 : 1.2) lc rgb SACK notitle, \
     acks using 't':(column('ack')/unit) with steps lw 1.6 lc rgb ACK notitle, \
     duplicates using 't':(column('ack')/unit) with points pt 9 ps (few ? 0.8 : 0.4) lc rgb DUPLICATE notitle, \
     segments using (kind('data')):(seq(0)):(0):(column('length')/unit) with vectors heads size screen 0.0016,90 lw 1.8 lc rgb DATA notitle, \
     segments using (kind('control')):(seq(0)) with points pt 13 ps 1.0 lc rgb CONTROL notitle, \
     segments using (kind('retransmission')):(seq(0)):(0):(column('length')/unit) with vectors heads size screen 0.0026,90 lw 4 lc rgb AGAIN notitle, \
     segments using (column('length') == 0 ? kind('retransmission') : NaN):(seq(0)) with points pt 13 ps 1.4 lc rgb AGAIN notitle, \
     segments using (column('lost') > 0 ? column('t') : NaN):(middle(0)) with points pt 2 ps 1.4 lw 2.6 lc rgb LOSS notitle, \
     segments using (strcol('letter') ne '-' ? column('t') : NaN):(middle(0)):5 with labels left offset 0.7,0 font 'DejaVu Sans Bold,11' textcolor rgb AGAIN noenhanced notitle, \
     keyentry with points pt 13 ps 1.0 lc rgb CONTROL title 'SYN, FIN, RST', \
     keyentry with lines lw 2.2 lc rgb DATA title 'data segment', \
     keyentry with lines lw 4.5 lc rgb AGAIN title 'R sent again (R! after a timeout)', \
     keyentry with points pt 2 ps 1.4 lw 2.6 lc rgb LOSS title 'lost', \
     keyentry with lines lw 1.6 lc rgb ACK title 'cumulative ACK', \
     keyentry with points pt 9 ps 0.9 lc rgb DUPLICATE title 'duplicate ACK', \
     keyentry with lines lw 4 lc rgb SACK title 'SACK block', \
     NaN notitle
