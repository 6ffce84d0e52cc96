# What three congestion controls get of a 10 Mbit/s line: by the queue before it, and by its losses; ours and Linux's.
folder = ARG0 eq '' ? '.' : system('dirname "'.ARG0.'"')
load folder.'/common.gp'
W = 1500; H = 640
set terminal svg size W,H font 'DejaVu Sans,12' rounded background 'white'
set output target
array names = ['reno', 'cubic', 'bbr']
array colours = [AGAIN, DATA, '#00785A']
array marks = [9, 7, 5]
array hollow = [8, 6, 4]

set label 1 'How much of a line does each congestion control get?' at screen 0.5,0.955 center \
    font 'DejaVu Sans Bold,16' textcolor rgb INK noenhanced
set multiplot
set yrange [0:10.5]
set key at screen 0.5, screen 0.015 center bottom horizontal samplen 2.2 Left reverse font 'DejaVu Sans,12'
set logscale x
do for [i=1:2] {
    set lmargin at screen (i == 1 ? 0.055 : 0.545); set rmargin at screen (i == 1 ? 0.485 : 0.975)
    set tmargin at screen 0.87; set bmargin at screen 0.20
    if (i == 1) { set xrange [8:105]; set xtics ('¼' 10, '½' 21, '1' 42, '2' 83) }
    if (i == 2) { set xrange [0.08:6.3]; set xtics (0.1, 0.2, 0.5, 1, 2, 5) }
    set xlabel (i == 1 ? 'queue (bandwidth-delay products)' : 'lost (%)')
    set ylabel (i == 1 ? 'goodput (Mbit/s)' : '') offset 1,0
    kind = i == 1 ? 'queue' : 'loss'
    plot for [k=1:3] series.'/'.names[k].'-'.kind.'.csv' using 'x':'ours' with linespoints pt marks[k] ps 1.0 lw 2 \
             lc rgb colours[k] title names[k], \
         for [k=1:3] series.'/'.names[k].'-'.kind.'.csv' using 'x':'linux' with points pt hollow[k] ps 1.7 lw 1.8 \
             lc rgb colours[k] title names[k].', Linux'
    unset label 1; set key off
}
unset multiplot
