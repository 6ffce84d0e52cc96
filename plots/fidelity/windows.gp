# The window of every congestion control, each with the shape that was published for it.
folder = ARG0 eq '' ? '.' : system('dirname "'.ARG0.'"')
load folder.'/common.gp'
W = 1500; H = 1200
set terminal svg size W,H font 'DejaVu Sans,12' rounded background 'white'
set output target
array names = ['tahoe', 'reno', 'cubic', 'bbr', 'vegas', 'dctcp']
array shapes = ['a loss: back to one segment, slow start to half, then one a round trip', \
                'a loss: half the window, then one a round trip', \
                'a loss: 0.7 of the window, then concave, up to a plateau at the old one', \
                'twice the path’s product; a probe each eight round trips; four segments each 10 s', \
                'the path’s product and two to four segments in the queue, without losses', \
                'the first marks halve; then each cut is as deep as the share of marks, without losses']
product = 33.3

set label 1 'Does every congestion control move its window as it was published?' at screen 0.5,0.977 center \
    font 'DejaVu Sans Bold,16' textcolor rgb INK noenhanced
set multiplot
set xrange [0:25]; set yrange [0:140]; set ytics 20
set key at screen 0.5, screen 0.010 center bottom horizontal samplen 2.4 Left reverse font 'DejaVu Sans,12'
do for [i=1:6] {
    left = i % 2 == 1 ? 0.055 : 0.545; top = 0.915 - 0.30*((i-1)/2)
    set lmargin at screen left; set rmargin at screen left + 0.43
    set tmargin at screen top; set bmargin at screen top - 0.222
    set xlabel (i > 4 ? 'simulated time (s)' : '') offset 0,0.3
    set ylabel (i % 2 == 1 ? 'segments' : '') offset 1,0
    set label 2 names[i] at graph 0,1.075 left font 'DejaVu Sans Bold,14' textcolor rgb INK noenhanced
    set label 3 shapes[i] at graph 1,1.07 right font 'DejaVu Sans,11' textcolor rgb INK noenhanced
    base = series.'/'.names[i]
    plot base.'-in_flight.csv' using 't':'segments' with fillsteps fc rgb FLIGHT fs solid 0.35 noborder notitle, \
         product with lines lw 1.4 dt (10,6) lc rgb ACK notitle, \
         2*product with lines lw 1.4 dt (3,5) lc rgb ACK notitle, \
         base.'-cwnd.csv' using 't':'segments' with steps lw 2 lc rgb DATA notitle, \
         keyentry with lines lw 2 lc rgb DATA title (i == 1 ? 'congestion window' : ''), \
         keyentry with boxes fc rgb FLIGHT fs solid 0.35 border lc rgb FLIGHT title (i == 1 ? 'in flight' : ''), \
         keyentry with lines lw 1.4 dt (10,6) lc rgb ACK title (i == 1 ? 'rate × round trip' : ''), \
         keyentry with lines lw 1.4 dt (3,5) lc rgb ACK title (i == 1 ? 'and a full queue' : '')
    unset label 1
    set key off
}
unset multiplot
