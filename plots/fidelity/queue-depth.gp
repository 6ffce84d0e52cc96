# What three congestion controls make of four drop-tail queues before a 10 Mbit/s line: how much of it they get, ours and Linux's,
# and how long packets wait.
folder = ARG0 eq '' ? '.' : system('dirname "'.ARG0.'"')
load folder.'/common.gp'
W = 1500; H = 640
set terminal svg size W,H font 'DejaVu Sans,12' rounded background 'white'
set output target
array names = ['reno', 'cubic', 'bbr']
array colours = [AGAIN, DATA, '#00785A']
array marks = [9, 7, 5]
array hollow = [8, 6, 4]

set label 1 'How long should the queue before a line be?' at screen 0.5,0.955 center font 'DejaVu Sans Bold,16' textcolor rgb INK noenhanced
set multiplot
set key at screen 0.5, screen 0.015 center bottom horizontal samplen 2.2 Left reverse font 'DejaVu Sans,12'
set logscale x; set xrange [8:105]; set xtics ('¼' 10, '½' 21, '1' 42, '2' 83)
set xlabel 'queue (bandwidth-delay products)'
do for [i=1:2] {
    set lmargin at screen (i == 1 ? 0.065 : 0.56); set rmargin at screen (i == 1 ? 0.485 : 0.98)
    set tmargin at screen 0.85; set bmargin at screen 0.20
    set label 2 (i == 1 ? 'what the transfer gets' : 'how long a packet waits, on average') at graph 0,1.06 left \
        font 'DejaVu Sans Bold,13' textcolor rgb INK noenhanced
    set ylabel (i == 1 ? 'goodput (Mbit/s)' : 'ms') offset 1,0
    if (i == 1) { set yrange [7.5:10] } else { set yrange [0:*] }
    if (i == 1) {
        plot for [k=1:3] series.'/'.names[k].'.csv' using 'x':'ours' with linespoints pt marks[k] ps 1.0 lw 2 lc rgb colours[k] \
                 title names[k], \
             for [k=1:3] series.'/'.names[k].'.csv' using 'x':'linux' with points pt hollow[k] ps 1.7 lw 1.8 lc rgb colours[k] \
                 title names[k].', Linux'
    } else {
        plot for [k=1:3] series.'/'.names[k].'.csv' using 'x':'wait' with linespoints pt marks[k] ps 1.0 lw 2 lc rgb colours[k] notitle
    }
    unset label 1; set key off
}
unset multiplot
