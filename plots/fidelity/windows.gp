# The window of every congestion control over the shape that was published for it.
folder = ARG0 eq '' ? '.' : system('dirname "'.ARG0.'"')
load folder.'/common.gp'
W = 1500; H = 1250
set terminal svg size W,H font 'DejaVu Sans,12' rounded background 'white'
set output target
product = product + 0
SHAPE = '#668F3F8A'
array names = ['tahoe', 'reno', 'cubic', 'bbr', 'vegas', 'dctcp']
array shapes = ['a loss: one segment, doubled up to half, then one a round trip', \
                'a loss: half the window, then one a round trip', \
                'a loss: 0.7 of the window, then 0.4·(t − K)³ + W', \
                'twice the product; 5/4, 3/4 and 1 of it in flight; four segments each 10 s', \
                'the product and two to four segments that wait', \
                'marks: less by α/2, then one a round trip']
array from = [0, 0, 0, 7.5, 0, 3]
array to = [25, 25, 25, 11.5, 25, 7]
array low = [0, 0, 0, 0, 20, 25]
array high = [140, 140, 140, 110, 90, 50]

set label 1 'Does every congestion control move its window as it was published?' at screen 0.5,0.977 center \
    font 'DejaVu Sans Bold,16' textcolor rgb INK noenhanced
set multiplot
set key at screen 0.5, screen 0.010 center bottom horizontal samplen 2.4 Left reverse font 'DejaVu Sans,12'
do for [i=1:6] {
    left = i % 2 == 1 ? 0.055 : 0.545; top = 0.915 - 0.295*((i-1)/2)
    set lmargin at screen left; set rmargin at screen left + 0.43
    set tmargin at screen top; set bmargin at screen top - 0.222
    set xrange [from[i]:to[i]]; set yrange [low[i]:high[i]]; step = i == 6 ? 5 : i == 5 ? 10 : 20; set ytics step
    set xlabel (i > 4 ? 'simulated time (s)' : '') offset 0,0.3
    set ylabel (i % 2 == 1 ? 'segments' : '') offset 1,0
    set label 2 names[i] at graph 0,1.075 left font 'DejaVu Sans Bold,14' textcolor rgb INK noenhanced
    set label 3 shapes[i] at graph 1,1.07 right font 'DejaVu Sans,11' textcolor rgb INK noenhanced
    base = series.'/'.names[i]
    set object 1 rectangle from graph 0, first product + 2 to graph 1, first product + 4 fc rgb SHAPE fs solid noborder behind
    if (i != 5) { unset object 1 }
    plot base.'-in_flight.csv' using 't':'segments' with fillsteps fc rgb FLIGHT fs solid 0.35 noborder notitle, \
         product with lines lw 1.4 dt (10,6) lc rgb ACK notitle, \
         base.'-shape.csv' using 't':(i == 5 ? NaN : column('segments')) with lines lw 7 lc rgb SHAPE notitle, \
         (i == 4 ? series.'/bbr-phases.csv' : base.'-shape.csv') using 't':(i == 4 ? column('segments') : NaN) \
             with lines lw 4 lc rgb SHAPE notitle, \
         base.'-cwnd.csv' using 't':'segments' with steps lw 2 lc rgb DATA notitle, \
         keyentry with lines lw 2 lc rgb DATA title (i == 1 ? 'congestion window' : ''), \
         keyentry with boxes fc rgb FLIGHT fs solid 0.35 border lc rgb FLIGHT title (i == 1 ? 'in flight' : ''), \
         keyentry with lines lw 7 lc rgb SHAPE title (i == 1 ? 'as published' : ''), \
         keyentry with lines lw 1.4 dt (10,6) lc rgb ACK title (i == 1 ? 'rate × round trip' : '')
    unset label 1
    set key off
}
unset multiplot
