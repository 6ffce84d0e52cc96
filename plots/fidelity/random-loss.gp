# What three congestion controls get of a 10 Mbit/s line that loses packets by chance; ours and Linux's.
folder = ARG0 eq '' ? '.' : system('dirname "'.ARG0.'"')
load folder.'/common.gp'
W = 1500; H = 700
set terminal svg size W,H font 'DejaVu Sans,12' rounded background 'white'
set output target
array names = ['reno', 'cubic', 'bbr']
array colours = [AGAIN, DATA, '#00785A']
array marks = [9, 7, 5]
array hollow = [8, 6, 4]

set label 1 'How much of a line that loses packets does each congestion control get?' at screen 0.5,0.955 center \
    font 'DejaVu Sans Bold,16' textcolor rgb INK noenhanced
set lmargin at screen 0.065; set rmargin at screen 0.98; set tmargin at screen 0.89; set bmargin at screen 0.19
set logscale x; set xrange [0.08:6.3]; set xtics (0.1, 0.2, 0.5, 1, 2, 5); set yrange [0:10.5]
set xlabel 'lost (%)'; set ylabel 'goodput (Mbit/s)' offset 1,0
set key at screen 0.5, screen 0.015 center bottom horizontal samplen 2.2 Left reverse font 'DejaVu Sans,12'
plot for [k=1:3] series.'/'.names[k].'.csv' using 'x':'ours' with linespoints pt marks[k] ps 1.0 lw 2 lc rgb colours[k] \
         title names[k], \
     for [k=1:3] series.'/'.names[k].'.csv' using 'x':'linux' with points pt hollow[k] ps 1.7 lw 1.8 lc rgb colours[k] \
         title names[k].', Linux'
