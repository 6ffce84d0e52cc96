# Congestion control.
first = @{first}; last = @{last}
unit = @{highest} < 2000000 ? 1e3 : 1e6; highest = @{highest}/unit
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
@send-window      windows using 't':(bytes('send_window')) with steps lw 1.6 dt (14,8) lc rgb WINDOW notitle, \
     windows using 't':(bytes('cwnd')) with steps lw 2.4 lc rgb DATA notitle, \
@ssthresh      threshold using 't':(bytes('ssthresh')) with steps lw 2 dt (14,7,3,7) lc rgb SSTHRESH notitle, \
@fast-retransmit      marks using (mark('fast-retransmit')):(0):(0):(1.12*highest) with vectors nohead lw 1 dt (6,6) lc rgb AGAIN notitle, \
@fast-retransmit      marks using (mark('fast-retransmit')):(1.12*highest) with points pt 11 ps 1.3 lc rgb AGAIN notitle, \
@congestion-mark      marks using (mark('congestion-mark')):(0):(0):(1.12*highest) with vectors nohead lw 1 dt (6,6) lc rgb SSTHRESH notitle, \
@congestion-mark      marks using (mark('congestion-mark')):(1.12*highest) with points pt 10 ps 1.3 lw 1.6 lc rgb SSTHRESH notitle, \
@timeout      marks using (mark('timeout')):(0):(0):(1.12*highest) with vectors nohead lw 1 dt (6,6) lc rgb LOSS notitle, \
@timeout      marks using (mark('timeout')):(1.12*highest) with points pt 2 ps 1.3 lw 2.6 lc rgb LOSS notitle, \
@recovered      marks using (mark('recovered')):(1.06*highest) with points pt 8 ps 1.2 lw 1.6 lc rgb WINDOW notitle, \
@undone      marks using (mark('undone')):(1.06*highest) with points pt 12 ps 1.2 lw 1.6 lc rgb DUPLICATE notitle, \
     keyentry with lines lw 2.4 lc rgb DATA title 'congestion window', \
@ssthresh      keyentry with lines lw 2 dt (14,7,3,7) lc rgb SSTHRESH title 'ssthresh', \
     keyentry with boxes fc rgb FLIGHT fs solid 0.35 border lc rgb FLIGHT title 'bytes in flight', \
@send-window      keyentry with lines lw 1.6 dt (14,8) lc rgb WINDOW title 'window offered by the peer', \
@fast-retransmit      keyentry with points pt 11 ps 1.3 lc rgb AGAIN title 'fast retransmit', \
@congestion-mark      keyentry with points pt 10 ps 1.3 lw 1.6 lc rgb SSTHRESH title 'congestion experienced: a router marked', \
@timeout      keyentry with points pt 2 ps 1.3 lw 2.6 lc rgb LOSS title 'timeout', \
@recovered      keyentry with points pt 8 ps 1.2 lw 1.6 lc rgb WINDOW title 'recovery ended', \
@undone      keyentry with points pt 12 ps 1.2 lw 1.6 lc rgb DUPLICATE title 'recovery undone: nothing was lost', \
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
@strips      strips using (lane(1,4)):'lane':'t':'t_end':(column('lane')-0.32):(column('lane')+0.32) with boxxy fc rgb DATA fs solid 0.75 noborder notitle, \
@strips      strips using (lane(5,9)):'lane':'t':'t_end':(column('lane')-0.32):(column('lane')+0.32) with boxxy fc rgb ACK fs solid 0.75 noborder notitle, \
     NaN notitle
unset multiplot
