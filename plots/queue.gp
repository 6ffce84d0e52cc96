# A queue.
first = @{first}; last = @{last}; in_bytes = @{in_bytes}
unit = in_bytes ? 1e3 : 1; highest = @{highest}/unit
scale = @{longest} < 0.001 ? 1e6 : @{longest} < 2 ? 1e3 : 1; longest = @{longest}*scale
lengths = name.'-length.csv'; waits = name.'-waits.csv'; refused = name.'-refused.csv'; thrown = name.'-thrown.csv'
marks = name.'-marked.csv'; levels = name.'-levels.csv'; averages = name.'-average.csv'; outages = name.'-outages.csv'
WAITING = '#C8C8C8'; EDGE = '#A4A4A4'

margin = last > first ? 0.02*(last - first) : 0.001
length = in_bytes ? 'bytes' : 'packets'
size(c) = column(c)/unit
level(w) = strcol('what') eq w ? column('t') : NaN
middle = '0.5*(column("t")+column("t_end"))'

set multiplot
set lmargin at screen 0.065; set rmargin at screen 0.98
set tmargin at screen 1 - 100./H; set bmargin at screen 500./H
set xrange [first-margin:last+margin]; set yrange [0:1.12*highest]
set format x ''
if (!in_bytes && highest < 8) { set ytics 1 }
set label 1 (in_bytes ? 'in the queue (kB)' : 'in the queue (packets)') at screen 0.012,(0.5*(1 - 100./H + 500./H)) center rotate by 90 textcolor rgb INK
set key at screen 0.5, screen 12./H center bottom horizontal maxrows 2 samplen 2.4 Left reverse font 'DejaVu Sans,11' noenhanced

plot \
@outage      outages using (@middle):(highest):'t':'t_end':(0):(1.12*highest) with boxxy fc rgb '#F6E3E6' fs solid 1 noborder notitle, \
     lengths using 't':(size(length)) with filledcurves y1=0 fc rgb WAITING fs solid 1 noborder notitle, \
     lengths using 't':(size(length)) with lines lw 0.8 lc rgb EDGE notitle, \
@limit      levels using (level('limit')):(size('level')):(column('t_end')-column('t')):(0) with vectors nohead lw 1.6 dt (14,8) lc rgb LOSS notitle, \
@least      levels using (level('least')):(size('level')):(column('t_end')-column('t')):(0) with vectors nohead lw 1.6 dt (4,6) lc rgb WINDOW notitle, \
@most      levels using (level('most')):(size('level')):(column('t_end')-column('t')):(0) with vectors nohead lw 1.6 dt (14,8) lc rgb WINDOW notitle, \
@average      averages using 't':'packets' with lines lw 2.4 lc rgb WINDOW notitle, \
@marked      marks using 't':(size(length)) with points pt 11 ps 1.5 lc rgb '#FFFFFF' notitle, \
@marked      marks using 't':(size(length)) with points pt 10 ps 1.2 lw 1.8 lc rgb INK notitle, \
@drop      refused using 't':(size(length)) with points pt 2 ps 1.1 lw 2.2 lc rgb LOSS notitle, \
@drop      thrown using 't':(size(length)) with points pt 2 ps 1.1 lw 2.2 lc rgb LOSS notitle, \
     keyentry with boxes fc rgb WAITING fs solid 1 border lc rgb EDGE title 'waiting to be sent', \
@first      keyentry with points pt 7 ps 0.6 lc rgb DATA title @{first_transfer}, \
@second      keyentry with points pt 6 ps 0.9 lw 1.4 lc rgb HELD_EDGE title @{second_transfer}, \
@third      keyentry with points pt 1 ps 0.9 lw 1.4 lc rgb WINDOW title @{third_transfer}, \
@others      keyentry with points pt 4 ps 0.7 lw 1.2 lc rgb QUIET title 'a packet of another as it leaves', \
@drop      keyentry with points pt 2 ps 1.1 lw 2.2 lc rgb LOSS title 'dropped', \
@marked      keyentry with points pt 10 ps 1.2 lw 1.8 lc rgb INK title 'congestion experienced: marked here', \
@limit      keyentry with lines lw 1.6 dt (14,8) lc rgb LOSS title 'limit', \
@average      keyentry with lines lw 2.4 lc rgb WINDOW title 'average', \
@least      keyentry with lines lw 1.6 dt (4,6) lc rgb WINDOW title 'min threshold of the average', \
@most      keyentry with lines lw 1.6 dt (14,8) lc rgb WINDOW title 'max threshold of the average', \
@target      keyentry with lines lw 1.6 dt (14,7,3,7) lc rgb WINDOW title 'target', \
@outage      keyentry with boxes fc rgb '#F6E3E6' fs solid 1 border lc rgb GRID title 'the link is down', \
     NaN notitle

# How long one waited.
unset label; unset key; set ytics autofreq
set tmargin at screen 470./H; set bmargin at screen 158./H
set yrange [0:1.12*longest]; set format x '%g'; set xlabel 'simulated time (s)'
set label 1 'wait ('.(scale == 1e6 ? 'µs' : scale == 1e3 ? 'ms' : 's').')' at screen 0.012,(0.5*(470./H + 158./H)) center rotate by 90 textcolor rgb INK
wait = 'column("wait")*scale'
lane(n) = column('lane') == n ? column('t') : NaN

plot \
@outage      outages using (@middle):(longest):'t':'t_end':(0):(1.12*longest) with boxxy fc rgb '#F6E3E6' fs solid 1 noborder notitle, \
@first      waits using (lane(1)):(@wait) with points pt 7 ps 0.35 lc rgb DATA notitle, \
@others      waits using (lane(4)):(@wait) with points pt 4 ps 0.7 lw 1.2 lc rgb QUIET notitle, \
@third      waits using (lane(3)):(@wait) with points pt 1 ps 0.9 lw 1.4 lc rgb WINDOW notitle, \
@second      waits using (lane(2)):(@wait) with points pt 6 ps 0.9 lw 1.4 lc rgb HELD_EDGE notitle, \
@target      levels using (level('target')):(column('level')*scale):(column('t_end')-column('t')):(0) with vectors nohead lw 1.6 dt (14,7,3,7) lc rgb WINDOW notitle, \
@marked      marks using 't':(@wait) with points pt 11 ps 1.5 lc rgb '#FFFFFF' notitle, \
@marked      marks using 't':(@wait) with points pt 10 ps 1.2 lw 1.8 lc rgb INK notitle, \
@drop      thrown using 't':(@wait) with points pt 2 ps 1.1 lw 2.2 lc rgb LOSS notitle, \
     NaN notitle
unset multiplot
