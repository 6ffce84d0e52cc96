# Drawn by inorder. To draw it again, edited or not:  gnuplot @{file}.gp
# As another kind of file:  gnuplot -e "format='png'" @{file}.gp   (svg, png, pdf, or txt for a terminal)

if (!exists('format')) format = 'svg'
here = ''
do for [i=1:strlen(ARG0)] { if (ARG0[i:i] eq '/') { here = ARG0[1:i] } }
name = here.@{name}
W = 1500; H = @{height}

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
set label 101 @{title} at screen 0.5,1 offset 0,-1.6 center noenhanced font 'DejaVu Sans Bold,15' textcolor rgb INK
set label 102 @{detail} at screen 0.5,1 offset 0,-3.2 center noenhanced font 'DejaVu Sans,11' textcolor rgb INK
set label 103 @{origin} at screen 0.5,1 offset 0,-4.6 center noenhanced font 'DejaVu Sans,11' textcolor rgb QUIET

