# Drawn by inorder. To draw it again, edited or not:  gnuplot ladder-price-list.gp
# As another kind of file:  gnuplot -e "format='png'" ladder-price-list.gp   (svg, png, pdf, or txt for a terminal)

if (!exists('format')) format = 'svg'
here = ''
do for [i=1:strlen(ARG0)] { if (ARG0[i:i] eq '/') { here = ARG0[1:i] } }
name = here.'ladder-price-list'
W = 1500; H = 1229

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
set label 101 'The third data segment is lost — what was sent, lost, overtaken and answered?' at screen 0.5,1 offset 0,-1.6 center noenhanced font 'DejaVu Sans Bold,15' textcolor rgb INK
set label 102 'price-list: 37,096 bytes verified in 213.2 ms, 1 packet lost, 1 segment sent again, 10 duplicate ACKs, 13 out-of-order arrivals' at screen 0.5,1 offset 0,-3.2 center noenhanced font 'DejaVu Sans,11' textcolor rgb INK
set label 103 'scenario lost-data, seed 0, inorder 0.1.0' at screen 0.5,1 offset 0,-4.6 center noenhanced font 'DejaVu Sans,11' textcolor rgb QUIET

# The ladder. x: 0 is the left host, 1 the right one; y: seconds of drawn time, downward.
# Texts are taken by the number of their column: by its name, gnuplot 5.4 ends them at a comma.
depth = 0.263334400
legs = name.'-legs.csv'; points = name.'-points.csv'; boxes = name.'-boxes.csv'
labels = name.'-labels.csv'; lines = name.'-lines.csv'; ticks = name.'-ticks.csv'; folds = name.'-folds.csv'

set lmargin at screen 0.02; set rmargin at screen 0.98
set tmargin at screen 1 - 140./H; set bmargin at screen 85./H
set xrange [-0.90:1.75]; set yrange [depth:0]
unset xtics; unset ytics; unset grid; set border 0
set key at screen 0.5, screen 14./H center bottom horizontal maxrows 2 samplen 2.4 Left reverse font 'DejaVu Sans,11' noenhanced
set label 1 'simulated time (s)' at screen 0.012,0.5 center rotate by 90 font 'DejaVu Sans,12' textcolor rgb INK

is(c, s) = strcol(c) eq s
M(s) = is('mark', s) ? column('y') : NaN
side(s, a) = is('side', s) ? a : NaN
ink(k) = k eq 'lost' ? 0xB00020 : k eq 'retransmission' || k eq 'probe' ? 0xC44E00 : k eq 'duplicate-ack' ? 0x8F3F8A : \
         k eq 'held' ? 0x8A5A00 : k eq 'ack' ? 0x595959 : 0x222222

# An arrow's style and its head: 1 none, 2 full, 3 hollow.
do for [h=1:3] {
        head = h == 1 ? 'nohead' : h == 2 ? 'head filled size screen 0.008,14' : 'head empty size screen 0.011,20'
        eval 'set style arrow '.(10 + h).' '.head.' lw 1.4 dt (4,6) lc rgb CONTROL'
        eval 'set style arrow '.(20 + h).' '.head.' lw 1.5 lc rgb CONTROL'
        eval 'set style arrow '.(30 + h).' '.head.' lw 1.7 lc rgb DATA'
        eval 'set style arrow '.(40 + h).' '.head.' lw 3.4 lc rgb AGAIN'
        eval 'set style arrow '.(50 + h).' '.head.' lw 3.4 dt (6,3) lc rgb AGAIN'
        eval 'set style arrow '.(60 + h).' '.head.' lw 1.1 lc rgb ACK'
        eval 'set style arrow '.(70 + h).' '.head.' lw 1.5 dt (10,7) lc rgb DUPLICATE'
        eval 'set style arrow '.(80 + h).' '.head.' lw 1.7 dt (4,6) lc rgb LOSS'
        eval 'set style arrow '.(90 + h).' '.head.' lw 3.4 dt (4,6) lc rgb LOSS'
}
style(s) = s eq 'datagram' ? 10 : s eq 'control' ? 20 : s eq 'data' ? 30 : s eq 'retransmission' ? 40 : s eq 'probe' ? 50 : \
           s eq 'ack' ? 60 : s eq 'duplicate-ack' ? 70 : s eq 'lost' ? 80 : 90
arrow(s, h) = style(s) + (h eq 'none' ? 1 : h eq 'full' ? 2 : 3)

plot \
     boxes using (0.5*(column('x')+column('x_end'))):(M('held')+0.5*(column('y_end')-column('y'))):'x':'x_end':'y':'y_end' with boxxy fc rgb HELD fs pattern 4 border lc rgb HELD_EDGE notitle, \
     boxes using (0.5*(column('x')+column('x_end'))):(M('waiting')+0.5*(column('y_end')-column('y'))):'x':'x_end':'y':'y_end' with boxxy fc rgb '#C8C8C8' fs solid 1 noborder notitle, \
     ticks using (0):'y':(1):(0) with vectors nohead lw 0.8 lc rgb GRID notitle, \
     ticks using (-0.845):'y':2 with labels center font 'DejaVu Sans,11' textcolor rgb INK offset 0,0 notitle, \
     lines using (is('kind','host') ? column('x') : NaN):'y':(0):(column('y_end')-column('y')) with vectors nohead lw 2.5 lc rgb INK notitle, \
     lines using (is('kind','host') ? column('x') : NaN):(0):5 with labels center offset 0,1.1 font 'DejaVu Sans Bold,13' noenhanced textcolor rgb INK notitle, \
     labels using (side('left', -0.022)):'y_mark':(-0.020):(column('y')-column('y_mark')) with vectors nohead lw 0.7 lc rgb '#AAAAAA' notitle, \
     labels using (side('right', 1.022)):'y_mark':(0.020):(column('y')-column('y_mark')) with vectors nohead lw 0.7 lc rgb '#AAAAAA' notitle, \
     legs using 'x':'y':'dx':'dy':(arrow(strcol('style'), strcol('head'))) with vectors arrowstyle variable notitle, \
     points using 'x':(M('lost')) with points pt 2 ps 1.6 lw 3 lc rgb LOSS notitle, \
     labels using (side('left', -0.045)):'y':6:(ink(strcol('ink'))) with labels right tc rgb variable font 'DejaVu Sans,10' noenhanced notitle, \
     labels using (side('right', 1.045)):'y':6:(ink(strcol('ink'))) with labels left tc rgb variable font 'DejaVu Sans,10' noenhanced notitle, \
     keyentry with lines lw 1.5 lc rgb CONTROL title 'SYN, FIN, RST', \
     keyentry with lines lw 1.9 lc rgb DATA title 'data', \
     keyentry with lines lw 4 lc rgb AGAIN title 'R sent again (R! after a timeout)', \
     keyentry with lines lw 1.2 lc rgb ACK title 'ACK', \
     keyentry with lines lw 1.6 dt (10,7) lc rgb DUPLICATE title 'duplicate ACK', \
     keyentry with points pt 2 ps 1.4 lw 3 lc rgb LOSS title 'lost', \
     keyentry with boxes fc rgb HELD fs pattern 4 border lc rgb HELD_EDGE title 'held out of order', \
     keyentry with boxes fc rgb '#C8C8C8' fs solid 1 noborder title 'waiting to be sent', \
     NaN notitle
