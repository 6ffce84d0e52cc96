# Reassembly.
first = @{first}; last = @{last}; few = @{marks} < 500
unit = @{highest} < 2000000 ? 1e3 : 1e6; highest = @{highest}/unit
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
@hole      holes using (both('t','t_end')):(0.5*(bottom+top)):'t':'t_end':(bottom):(top) with boxxy fc rgb '#FBF1E0' fs solid 1 noborder notitle, \
@held      bars using (few ? delivered(1) : NaN):(both('first','end')/unit):'t':'t_end':(bytes('first')):(bytes('end')) with boxxy fc rgb HELD fs pattern 4 border lc rgb HELD_EDGE notitle, \
@held      bars using (few ? NaN : delivered(1)):(both('first','end')/unit):'t':'t_end':(bytes('first')):(bytes('end')) with boxxy fc rgb HELD fs pattern 4 noborder notitle, \
@stuck      bars using (delivered(0)):(both('first','end')/unit):'t':'t_end':(bytes('first')):(bytes('end')) with boxxy fc rgb LOSS fs pattern 5 border lc rgb LOSS notitle, \
@in-order      arrivals using (kind('in-order')):(both('first','end')/unit) with points pt 7 ps (few ? 0.9 : 0.3) lc rgb DATA notitle, \
     stairs using 't':(bytes('read')) with steps lw 2 dt (8,6) lc rgb QUIET notitle, \
     stairs using 't':(bytes('readable')) with steps lw 3 lc rgb READ notitle, \
@held-arrival      arrivals using (kind('held-arrival')):(both('first','end')/unit) with points pt 6 ps (few ? 0.7 : 0.3) lw 1.4 lc rgb DATA notitle, \
@duplicate      arrivals using (kind('duplicate')):(both('first','end')/unit) with points pt 4 ps 1.1 lw 1.6 lc rgb AGAIN notitle, \
     keyentry with lines lw 3 lc rgb READ title 'what the program could read', \
     keyentry with lines lw 2 dt (8,6) lc rgb QUIET title 'what it had read', \
@in-order      keyentry with points pt 7 ps 0.9 lc rgb DATA title 'arrived in order', \
@held-arrival      keyentry with points pt 6 ps 0.9 lw 1.4 lc rgb DATA title 'arrived out of order', \
@duplicate      keyentry with points pt 4 ps 1.1 lw 1.6 lc rgb AGAIN title 'arrived once more', \
@held      keyentry with boxes fc rgb HELD fs pattern 4 border lc rgb HELD_EDGE title 'held from arrival to delivery', \
@stuck      keyentry with boxes fc rgb LOSS fs pattern 5 border lc rgb LOSS title 'held, never delivered', \
@hole      keyentry with boxes fc rgb '#FBF1E0' fs solid 1 border lc rgb GRID title 'a hole blocks what is behind it', \
     NaN notitle
